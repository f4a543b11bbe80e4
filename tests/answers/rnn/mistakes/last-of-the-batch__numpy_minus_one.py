"""outputs[-1], as where time comes first.

Lines: 15
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((x.shape[0], w_hh.shape[0]), x.dtype) if h0 is None else h0
    outputs = np.empty((*x.shape[:2], len(b_ih)), x.dtype)
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh)
        outputs[:, t, :] = h
    return outputs, outputs[-1]
