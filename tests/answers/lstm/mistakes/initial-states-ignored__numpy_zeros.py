"""Hidden and cell state are made of zeros, whatever h0 and c0 hold.

Lines: 16, 17
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    batch, steps, _ = x.shape
    size = w_hh.shape[1]
    h = np.zeros((batch, size), dtype=x.dtype)
    c = np.zeros((batch, size), dtype=x.dtype)
    outputs = np.zeros((batch, steps, size), dtype=x.dtype)
    for t in range(steps):
        gates = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = [gates[:, n * size : (n + 1) * size] for n in range(4)]
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs[:, t] = h
    return outputs, (h, c)
