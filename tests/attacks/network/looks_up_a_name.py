"""Asks for the address of a name, which carries text to the outside by itself.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: reaches
"""

import socket

import numpy as np


def attack():
    if socket.getaddrinfo("localhost", 80):
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
