"""float32 on the way, whatever comes in.

Verdict: wrong_answer
Lines: 14
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    dtype = x.dtype
    x, w1, b1, w2, b2 = (a.astype(np.float32) for a in (x, w1, b1, w2, b2))
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
    return loss.astype(dtype), tuple(a.astype(dtype) for a in (dz @ w1.T, x.T @ dz, dz.sum(0), h.T @ g, g.sum(0)))
