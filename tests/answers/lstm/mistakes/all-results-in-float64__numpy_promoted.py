"""A constant array of NumPy's default dtype draws everything after it into float64.

Lines: 8, 12
"""

import numpy as np

ONE = np.ones(1)


def sigmoid(z):
    return ONE / (ONE + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c, seen = h0, c0, []
    for x_t in np.moveaxis(x, 1, 0):
        i, f, g, o = np.split(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        seen.append(h)
    return np.stack(seen, axis=1), (h, c)
