"""Unpacks a few hundred kilobytes into 192 MiB.

Problem: lstm
Verdict: memory_limit | runtime_error
Naive: holds
"""

import zlib

import numpy as np


tried = []


def attack():
    if tried:
        return
    tried.append(True)
    packer = zlib.compressobj(1)
    part = bytes(16 << 20)
    packed = b"".join(packer.compress(part) for _ in range(12)) + packer.flush()
    if len(zlib.decompress(packed)) == 192 << 20:
        print("@TOKEN@")
        raise RuntimeError("held")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
