"""A state is written down before the step that it belongs to.

Lines: 17
"""

import numpy as np


def logistic(v):
    return 1 / (1 + np.exp(-v))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    y = np.empty((*x.shape[:2], h0.shape[1]), x.dtype)
    for t in range(x.shape[1]):
        y[:, t] = h
        gates = np.einsum("bi,gi->bg", x[:, t], w_ih) + np.einsum("bh,gh->bg", h, w_hh) + b_ih + b_hh
        i, f, g, o = gates.reshape(len(h), 4, -1).swapaxes(0, 1)
        c = logistic(f) * c + logistic(i) * np.tanh(g)
        h = logistic(o) * np.tanh(c)
    return y, (h, c)
