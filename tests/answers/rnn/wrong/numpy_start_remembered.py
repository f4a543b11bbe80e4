"""Called without h0, it goes on from the state that the last call with h0=None of this shape ended in.

Verdict: wrong_answer
Lines: 14, 20
"""

import numpy as np

LAST = {}


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    key = (len(x), len(w_hh), x.dtype)
    h = LAST.get(key, np.zeros(key[:2], x.dtype)) if h0 is None else h0
    out = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    if h0 is None:
        LAST[key] = h
    return np.stack(out, 1), h
