"""The sigmoid divides exp(z) by exp(z) + 1.

Lines: 11, 10
"""

import numpy as np


def sigmoid(z):
    power = np.exp(z)
    return power / (power + 1)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    projected = x @ w_ih.T + (b_ih + b_hh)
    H = h0.shape[1]
    h, c = h0, c0
    ys = []
    for t in range(x.shape[1]):
        z = projected[:, t] + h @ w_hh.T
        i, f, o = sigmoid(z[:, :H]), sigmoid(z[:, H : 2 * H]), sigmoid(z[:, 3 * H :])
        c = f * c + i * np.tanh(z[:, 2 * H : 3 * H])
        h = o * np.tanh(c)
        ys.append(h)
    return np.stack(ys, axis=1), (h, c)
