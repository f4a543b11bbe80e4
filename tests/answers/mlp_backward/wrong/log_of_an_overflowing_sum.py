"""log(sum(exp(s))) without the largest score taken off.

Verdict: wrong_answer
Lines: 16
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    s = h @ w2 + b2
    log_p = s - np.log(np.exp(s).sum(1, keepdims=True))
    n = np.arange(len(x))
    g = np.exp(log_p)
    g[n, targets] -= 1
    g /= len(x)
    dz = (g @ w2.T) * (z > 0)
    return -log_p[n, targets].mean(), (dz @ w1.T, x.T @ dz, dz.sum(0), h.T @ g, g.sum(0))
