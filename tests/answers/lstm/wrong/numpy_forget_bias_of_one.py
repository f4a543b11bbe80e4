"""One is added to the bias of the forget gate.

Verdict: wrong_answer
Lines: 21
"""

import numpy as np


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0.copy(), c0.copy()
    hs = []
    from_x = np.einsum("bti,gi->tbg", x, w_ih) + (b_ih + b_hh)
    for z in from_x:
        i, f, g, o = np.split(z + h @ w_hh.T, 4, axis=1)
        c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
    return np.stack(hs, axis=1), (h, c)
