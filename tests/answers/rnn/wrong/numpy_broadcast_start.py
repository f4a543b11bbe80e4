"""The zeros to begin with are one row; h_n is right all the same, but h0 of a batch of one row is taken for all rows.

Verdict: wrong_answer
Lines: 11
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((1, len(w_hh)), x.dtype) if h0 is None else h0[:1]
    out = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return np.stack(out, 1), h
