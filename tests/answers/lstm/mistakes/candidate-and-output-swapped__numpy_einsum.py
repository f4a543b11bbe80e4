"""The weights are cut in the order i, f, o, g.

Lines: 21
"""

import numpy as np


def sigmoid(a):
    with np.errstate(over="ignore"):
        return np.reciprocal(1 + np.exp(-a))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    H = h0.shape[1]
    W, U = w_ih.reshape(4, H, -1), w_hh.reshape(4, H, H)
    b = (b_ih + b_hh).reshape(4, 1, H)
    pre = np.einsum("bti,ghi->tgbh", x, W) + b
    h, c, hs = h0, c0, []
    for a in pre:
        i, f, o, g = a + np.einsum("bj,ghj->gbh", h, U)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
    return np.stack(hs, axis=1), (h, c)
