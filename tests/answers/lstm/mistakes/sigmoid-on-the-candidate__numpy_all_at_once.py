"""All of the gates are squashed by the same function before they are taken apart.

Lines: 16
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    T = x.shape[1]
    H = h0.shape[1]
    h, c = h0.copy(), c0.copy()
    ys = []
    for t in range(T):
        z = np.matmul(x[:, t, :], np.transpose(w_ih)) + np.matmul(h, np.transpose(w_hh)) + b_ih + b_hh
        z = 1 / (1 + np.exp(-z))
        c = z[:, H : 2 * H] * c + z[:, :H] * z[:, 2 * H : 3 * H]
        h = z[:, 3 * H :] * np.tanh(c)
        ys.append(h[:, np.newaxis])
    return np.concatenate(ys, axis=1), (h, c)
