"""One array is appended at every step and written over: all outputs are the last state.

Verdict: wrong_answer
Lines: 15, 14
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((len(x), len(w_hh)), x.dtype) if h0 is None else h0.copy()
    out = []
    for t in range(x.shape[1]):
        np.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh, out=h)
        out.append(h)
    return np.stack(out, 1), h
