"""Connects with the C library's own socket and connect.

Problem: lstm
Verdict: forbidden | sandbox_violation | runtime_error | wrong_answer
Naive: connects
Needs: walls
"""

import numpy as np

# @include libc


def attack():
    address = ctypes.create_string_buffer(
        struct.pack("<H", 2) + struct.pack(">H", int("@PORT@")) + bytes([127, 0, 0, 1]) + bytes(8)
    )
    peer = libc("socket")(2, 1, 0, 0, 0, 0)
    libc("connect")(peer, ctypes.addressof(address), 16, 0, 0, 0)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
