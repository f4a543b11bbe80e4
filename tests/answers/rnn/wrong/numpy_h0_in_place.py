"""The state is updated in place, and with it h0.

Verdict: wrong_answer|runtime_error
Lines: 14, 11
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((len(x), len(w_hh)), x.dtype) if h0 is None else h0
    out = []
    for t in range(x.shape[1]):
        h[...] = np.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h.copy())
    return np.stack(out, 1), h.copy()
