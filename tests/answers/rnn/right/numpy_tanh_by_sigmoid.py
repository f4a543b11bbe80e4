"""tanh as 2 sigmoid(2 z) - 1, state in columns, weights on the left."""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    bias = (b_ih + b_hh)[:, None]
    h = np.zeros((w_hh.shape[0], x.shape[0]), x.dtype) if h0 is None else h0.T
    out = []
    for x_t in x.transpose(1, 2, 0):
        z = w_ih @ x_t + w_hh @ h + bias
        h = 2 / (1 + np.exp(-2 * z)) - 1
        out.append(h.T)
    return np.swapaxes(np.array(out), 0, 1), h.T
