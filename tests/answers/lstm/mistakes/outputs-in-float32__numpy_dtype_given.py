"""The array for the outputs is made as float32 by name.

Lines: 17
"""

import numpy as np


def logistic(z):
    return 1.0 / (1.0 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    B, T, _ = x.shape
    H = h0.shape[1]
    xw = (x.reshape(B * T, -1) @ w_ih.T + b_ih + b_hh).reshape(B, T, 4, H)
    outputs = np.zeros((B, T, H), dtype="float32")
    h, c = h0, c0
    for t in range(T):
        z = xw[:, t] + (h @ w_hh.T).reshape(B, 4, H)
        c = logistic(z[:, 1]) * c + logistic(z[:, 0]) * np.tanh(z[:, 2])
        h = logistic(z[:, 3]) * np.tanh(c)
        outputs[:, t] = h
    return outputs, (h, c)
