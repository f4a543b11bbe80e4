"""tanh as a ratio of exponentials, which are inf / inf for large sums.

Verdict: wrong_answer
Lines: 11
"""

import numpy as np


def tanh(z):
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = np.zeros((len(x), len(w_hh)), x.dtype) if h0 is None else h0
    out = []
    for t in range(x.shape[1]):
        h = tanh(x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return np.stack(out, 1), h
