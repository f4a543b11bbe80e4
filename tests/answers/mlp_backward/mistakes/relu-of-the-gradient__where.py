"""A function relu, used on the way back as well.

Lines: 24
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    def relu(a):
        return np.where(a > 0, a, 0)

    h = relu(x @ w1 + b1)
    s = h @ w2 + b2
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    top = np.max(s, axis=1)
    loss = np.mean(top + np.log(np.sum(e, axis=1)) - s[range(len(s)), targets])
    y = np.zeros_like(s)
    y[range(len(s)), targets] = 1
    g = (p - y) / np.asarray(len(s), dtype=s.dtype)
    k = relu(g @ w2.T)
    return loss, (k @ w1.T, x.T @ k, k.sum(0), h.T @ g, g.sum(0))
