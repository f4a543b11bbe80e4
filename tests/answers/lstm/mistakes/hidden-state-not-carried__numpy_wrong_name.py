"""The new state gets another name than the one that the sums read.

Lines: 18, 21
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    steps = x.shape[1]
    h_prev, c_prev = h0, c0
    hs = []
    for t in range(steps):
        z = x[:, t] @ w_ih.T + h_prev @ w_hh.T + b_ih + b_hh
        i, f, g, o = np.split(z, 4, axis=-1)
        c_prev = sigmoid(f) * c_prev + sigmoid(i) * np.tanh(g)
        h_next = sigmoid(o) * np.tanh(c_prev)
        hs.append(h_next)
    return np.stack(hs, axis=1), (h_next, c_prev)
