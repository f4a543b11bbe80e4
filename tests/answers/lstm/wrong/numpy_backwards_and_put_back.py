"""The sequence is read from its end, and the outputs are put where they belong.

Verdict: wrong_answer
Lines: 19, 20
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    B, T, _ = x.shape
    H = h0.shape[1]
    outputs = np.empty((B, T, H), dtype=x.dtype)
    h, c = h0, c0
    for t in range(T - 1, -1, -1):
        z = x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh
        i, f, g, o = z[:, :H], z[:, H : 2 * H], z[:, 2 * H : 3 * H], z[:, 3 * H :]
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs[:, t] = h
    return outputs, (h, c)
