"""Probabilities are clipped at 1e-7 before the logarithm: right at ordinary scores.

Verdict: wrong_answer
Lines: 19
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    z = x @ w1 + b1
    h = np.maximum(z, 0)
    s = h @ w2 + b2
    e = np.exp(s - s.max(1, keepdims=True))
    p = e / e.sum(1, keepdims=True)
    n = np.arange(len(x))
    loss = -np.log(np.clip(p[n, targets], 1e-7, 1)).mean()
    g = p.copy()
    g[n, targets] -= 1
    g /= len(x)
    dz = (g @ w2.T) * (z > 0)
    return loss, (dz @ w1.T, x.T @ dz, dz.sum(0), h.T @ g, g.sum(0))
