"""Gradients by name, where a tuple is asked for.

Verdict: wrong_shape
Lines: 23
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
    g = np.exp(log_p)
    g[n, targets] -= 1
    g /= len(x)
    dz = (g @ w2.T) * (z > 0)
    grads = {"x": dz @ w1.T, "w1": x.T @ dz, "b1": dz.sum(0), "w2": h.T @ g, "b2": g.sum(0)}
    return -log_p[n, targets].mean(), grads
