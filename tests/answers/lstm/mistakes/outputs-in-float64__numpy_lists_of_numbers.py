"""The hidden states are kept as lists of Python numbers, and an array made of these is float64.

Lines: 22
"""

import numpy as np


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    wx, wh = w_ih.T, w_hh.T
    h, c = h0, c0
    history = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t].dot(wx) + h.dot(wh) + b_ih + b_hh, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        history.append(h.tolist())
    outputs = np.array(history).swapaxes(0, 1)
    return outputs, (h, c)
