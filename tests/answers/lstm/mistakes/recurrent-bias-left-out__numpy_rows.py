"""Sequence by sequence, with only the input's bias in the sums.

Lines: 16
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    H = h0.shape[1]
    outputs = np.zeros((x.shape[0], x.shape[1], H), dtype=x.dtype)
    h_n, c_n = np.zeros_like(h0), np.zeros_like(c0)
    for row in range(len(x)):
        h, c = h0[row], c0[row]
        for t, x_t in enumerate(x[row]):
            i, f, g, o = (w_ih @ x_t + w_hh @ h + b_ih).reshape(4, H)
            i, f, o = (1 / (1 + np.exp(-v)) for v in (i, f, o))
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)
            outputs[row, t] = h
        h_n[row], c_n[row] = h, c
    return outputs, (h_n, c_n)
