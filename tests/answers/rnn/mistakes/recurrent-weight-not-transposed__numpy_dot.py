"""The dot method, with w_ih transposed and w_hh as it stands.

Lines: 13
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((x.shape[0], w_hh.shape[0]), dtype=x.dtype) if h0 is None else h0
    outputs = np.zeros((x.shape[0], x.shape[1], w_hh.shape[0]), dtype=x.dtype)
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t].dot(w_ih.T) + h.dot(w_hh) + b_ih + b_hh)
        outputs[:, t] = h
    return outputs, h
