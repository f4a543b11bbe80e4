"""Outputs holds the state before each step, and is float64 whatever the inputs are.

Verdict: wrong_shape | wrong_answer
Lines: 16, 18
Mistakes: 2
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    B, T, _ = x.shape
    H = len(w_hh)
    h = np.zeros((B, H), dtype=x.dtype) if h0 is None else h0
    projected = np.einsum("bti,hi->bth", x, w_ih) + (b_ih + b_hh)
    outputs = np.empty((B, T, H))
    for t in range(T):
        outputs[:, t] = h
        h = np.tanh(projected[:, t] + np.einsum("bk,hk->bh", h, w_hh))
    return outputs, h
