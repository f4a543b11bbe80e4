"""Every fourth column is taken for a gate, in place of a block of columns.

Lines: 18, 19
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs = np.empty(x.shape[:2] + h0.shape[1:], dtype=x.dtype)
    h, c = h0, c0
    for t in range(x.shape[1]):
        z = x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh
        c = sigmoid(z[:, 1::4]) * c + sigmoid(z[:, 0::4]) * np.tanh(z[:, 2::4])
        h = outputs[:, t] = sigmoid(z[:, 3::4]) * np.tanh(c)
    return outputs, (h, c)
