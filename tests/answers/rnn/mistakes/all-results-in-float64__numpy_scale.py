"""Every input is made float64 first, and nothing is turned back.

Lines: 10, 12, 11
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    x, w_ih, w_hh = np.float64(x), np.float64(w_ih), np.float64(w_hh)
    h = np.zeros((x.shape[0], w_hh.shape[0])) if h0 is None else np.float64(h0)
    outputs = np.zeros((x.shape[0], x.shape[1], w_hh.shape[0]))
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w_ih.T + h @ w_hh.T + b_ih + b_hh)
        outputs[:, t] = h
    return outputs, h
