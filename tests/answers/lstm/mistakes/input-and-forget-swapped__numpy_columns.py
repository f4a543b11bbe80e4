"""The two first blocks of columns are taken the wrong way round: forget, then input.

Lines: 15, 21
"""

import numpy as np


def squash(z):
    return 1.0 / (1.0 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    n = h0.shape[1]
    forget, write, value, show = (slice(k * n, (k + 1) * n) for k in range(4))
    bias = b_ih + b_hh
    hidden, cell = h0, c0
    seen = np.empty(x.shape[:2] + (n,), dtype=x.dtype)
    for step in range(x.shape[1]):
        z = x[:, step].dot(w_ih.T) + hidden.dot(w_hh.T) + bias
        cell = squash(z[:, forget]) * cell + squash(z[:, write]) * np.tanh(z[:, value])
        hidden = squash(z[:, show]) * np.tanh(cell)
        seen[:, step] = hidden
    return seen, (hidden, cell)
