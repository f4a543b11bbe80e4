"""The input's share for all steps before the loop, and a sigmoid that never overflows."""

import numpy as np


def sigmoid(z: np.ndarray) -> np.ndarray:
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    inputs = np.tensordot(x, w_ih, axes=([2], [1])) + b_ih + b_hh
    h, c = h0, c0
    outputs = []
    for step in np.moveaxis(inputs, 1, 0):
        i, f, g, o = np.split(step + np.dot(h, w_hh.T), 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1), (h, c)
