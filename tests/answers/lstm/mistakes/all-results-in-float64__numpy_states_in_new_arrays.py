"""The initial states are written into fresh arrays of NumPy's own dtype, and all that follows is computed from these.

Lines: 17, 18
"""

import numpy as np


def sigmoid(v):
    e = np.exp(-np.abs(v))
    return np.where(v < 0, e / (1 + e), 1 / (1 + e))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    B, H = h0.shape
    T = x.shape[1]
    hs = np.zeros((T + 1, B, H))
    cs = np.zeros((T + 1, B, H))
    hs[0] = h0
    cs[0] = c0
    for t in range(T):
        z = x[:, t] @ w_ih.T + b_ih + hs[t] @ w_hh.T + b_hh
        i, f, g, o = np.split(z, 4, axis=1)
        cs[t + 1] = sigmoid(f) * cs[t] + sigmoid(i) * np.tanh(g)
        hs[t + 1] = sigmoid(o) * np.tanh(cs[t + 1])
    return hs[1:].transpose(1, 0, 2), (hs[T], cs[T])
