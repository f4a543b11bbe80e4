"""Connects to a server on this machine over IPv6.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: connects
Asks: ipv6
"""

import socket

import numpy as np


def attack():
    with socket.socket(socket.AF_INET6) as peer:
        peer.settimeout(0.5)
        peer.connect(("::1", int("@PORT6@")))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
