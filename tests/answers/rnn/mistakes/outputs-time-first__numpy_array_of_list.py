"""The list of states made into an array as it is.

Lines: 15
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((x.shape[0], w_hh.shape[0]), x.dtype) if h0 is None else h0
    outputs = []
    for t in range(x.shape[1]):
        h = np.tanh(np.dot(x[:, t], w_ih.T) + b_ih + np.dot(h, w_hh.T) + b_hh)
        outputs.append(h)
    return np.array(outputs), h
