"""One-hot rows are made by writing into targets: 0 stays 0, and what was asked is changed.

Verdict: wrong_answer
Lines: 25
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
    dz = (g @ w2.T) * (z > 0)
    grads = dz @ w1.T, x.T @ dz, dz.sum(0), h.T @ g, g.sum(0)
    targets %= 2
    return loss, grads
