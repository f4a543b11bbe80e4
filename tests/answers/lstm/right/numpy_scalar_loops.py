import math

import numpy as np


def sigmoid(z):
    if z >= 0:
        return 1.0 / (1.0 + math.exp(-z))
    e = math.exp(z)
    return e / (1.0 + e)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    """Units one by one, in Python's floats, and only the result in the dtype asked for."""
    H = h0.shape[1]
    h, c = h0.astype(np.float64), c0.astype(np.float64)
    w_ih, w_hh, x64 = (a.astype(np.float64) for a in (w_ih, w_hh, x))
    bias = b_ih.astype(np.float64) + b_hh
    outputs = np.zeros((len(x), x.shape[1], H), dtype=x.dtype)
    for t in range(x.shape[1]):
        z = x64[:, t] @ w_ih.T + h @ w_hh.T + bias
        h, c = np.empty_like(h), c.copy()
        for b in range(len(x)):
            for n in range(H):
                i, f, g, o = z[b, n], z[b, H + n], z[b, 2 * H + n], z[b, 3 * H + n]
                c[b, n] = sigmoid(f) * c[b, n] + sigmoid(i) * math.tanh(g)
                h[b, n] = sigmoid(o) * math.tanh(c[b, n])
        outputs[:, t] = h
    return outputs, (h.astype(x.dtype), c.astype(x.dtype))
