"""outputs is joined anew, and the whole input projected again, at every step.

Verdict: time_limit|wrong_answer
Mistake: cost-grows-quadratically
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs = np.empty((x.shape[0], 0, h0.shape[1]), x.dtype)
    for end in range(1, x.shape[1] + 1):
        h, c = h0, c0
        for t in range(end):
            z = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
            i, f, g, o = np.split(z, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
        outputs = np.concatenate([outputs, h[:, None]], axis=1)
    return outputs, (h, c)
