"""Connects to an abstract Unix socket with the C library's own functions.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: connects
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    name = b"\0" + "@ABSTRACT@".encode()
    address = ctypes.create_string_buffer(struct.pack("<H", 1) + name)
    peer = libc("socket")(1, 1, 0, 0, 0, 0)
    libc("connect")(peer, ctypes.addressof(address), 2 + len(name), 0, 0, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
