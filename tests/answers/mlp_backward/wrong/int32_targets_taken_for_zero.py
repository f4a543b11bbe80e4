"""Targets that are int32 are all taken for class 0.

Verdict: wrong_answer|runtime_error
Lines: 18
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
    hot = np.eye(len(b2), dtype=x.dtype)[targets] if targets.dtype == np.int64 else np.eye(len(b2), dtype=x.dtype)[targets * 0]
    loss = -(log_p * hot).sum(1).mean()
    g = (np.exp(log_p) - hot) / x.dtype.type(len(x))
    dz = (g @ w2.T) * (z > 0)
    return loss, (dz @ w1.T, x.T @ dz, dz.sum(0), h.T @ g, g.sum(0))
