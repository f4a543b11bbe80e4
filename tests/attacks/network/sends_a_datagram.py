"""Sends a datagram, which needs no connection.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: connects
"""

import socket

import numpy as np


def attack():
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", int("@UDP_PORT@")))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
