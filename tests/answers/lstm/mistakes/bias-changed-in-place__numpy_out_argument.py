"""np.add is told to put the sum of the biases into the first of them.

Lines: 12
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    H = h0.shape[-1]
    b = np.add(b_ih, b_hh, out=b_ih)
    W = np.vstack((w_ih.T, w_hh.T))
    h, c = h0, c0
    hs = []
    for x_t in x.transpose(1, 0, 2):
        a = np.hstack((x_t, h)) @ W + b
        c = sigmoid(a[:, H : 2 * H]) * c + sigmoid(a[:, :H]) * np.tanh(a[:, 2 * H : 3 * H])
        h = sigmoid(a[:, 3 * H :]) * np.tanh(c)
        hs.append(h)
    return np.stack(hs, axis=1), (h, c)
