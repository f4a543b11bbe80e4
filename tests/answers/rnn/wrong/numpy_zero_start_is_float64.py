"""The zeros to begin with are float64 where the inputs are float32; with h0 all is right.

Verdict: wrong_shape
Lines: 11
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((x.shape[0], w_hh.shape[0])) if h0 is None else h0
    out = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return np.stack(out, axis=1), h
