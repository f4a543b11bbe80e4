"""w2 takes its step before d_h is computed with it, on a copy.

Verdict: wrong_answer
Lines: 24, 25
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    s = h @ w2 + b2
    s = s - s.max(1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(1, keepdims=True))
    n = np.arange(len(x))
    loss = -log_p[n, targets].mean()
    g = np.exp(log_p)
    g[n, targets] -= 1
    g /= len(x)
    d_w2 = h.T @ g
    w2 = w2 - x.dtype.type(1e-2) * d_w2
    dz = (g @ w2.T) * (z > 0)
    return loss, (dz @ w1.T, x.T @ dz, dz.sum(0), d_w2, g.sum(0))
