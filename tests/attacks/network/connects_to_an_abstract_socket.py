"""Connects to a Unix socket that has a name and no file, which mounts do not hide.

Problem: lstm
Verdict: sandbox_violation | runtime_error
Naive: connects
"""

import socket

import numpy as np


def attack():
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(0.5)
    peer.connect("\0" + "@ABSTRACT@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
