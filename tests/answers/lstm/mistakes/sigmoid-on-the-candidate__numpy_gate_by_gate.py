"""A function that makes a gate makes the candidate as well, sigmoid and all.

Lines: 24
"""

import numpy as np


def gate(k, x_t, h, params):
    w_ih, w_hh, b_ih, b_hh = params
    n = h.shape[1]
    rows = slice(k * n, (k + 1) * n)
    z = x_t @ w_ih[rows].T + b_ih[rows] + h @ w_hh[rows].T + b_hh[rows]
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    params = (w_ih, w_hh, b_ih, b_hh)
    out = np.zeros((x.shape[0], x.shape[1], h0.shape[1]), dtype=h0.dtype)
    h, c = h0, c0
    for t in range(x.shape[1]):
        i = gate(0, x[:, t], h, params)
        f = gate(1, x[:, t], h, params)
        g = gate(2, x[:, t], h, params)
        o = gate(3, x[:, t], h, params)
        c = f * c + i * g
        h = o * np.tanh(c)
        out[:, t] = h
    return out, (h, c)
