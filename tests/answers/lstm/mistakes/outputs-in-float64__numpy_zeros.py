"""The outputs are written into an array that was made without a dtype.

Lines: 16
"""

import numpy as np


def sigmoid(z):
    return np.where(z >= 0, 1, np.exp(-abs(z))) / (1 + np.exp(-abs(z)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    N, T, _ = x.shape
    D = h0.shape[1]
    out = np.zeros((N, T, D))
    h, c = h0, c0
    for t in range(T):
        a = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = a[:, :D], a[:, D : 2 * D], a[:, 2 * D : 3 * D], a[:, 3 * D :]
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out[:, t] = h
    return out, (h, c)
