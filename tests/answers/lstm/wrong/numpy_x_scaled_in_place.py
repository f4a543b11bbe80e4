"""x is centred in place and put back only up to rounding.

Verdict: wrong_answer|runtime_error
Lines: 19, 20
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0.copy(), c0.copy()
    hs = []
    shift = x.dtype.type(1) / 3
    x += shift
    x -= shift
    from_x = np.einsum("bti,gi->tbg", x, w_ih) + (b_ih + b_hh)
    for z in from_x:
        i, f, g, o = np.split(z + h @ w_hh.T, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
    return np.stack(hs, axis=1), (h, c)
