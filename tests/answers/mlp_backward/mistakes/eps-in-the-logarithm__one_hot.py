"""-sum(y log(p + 1e-12)).

Lines: 22
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    z = np.dot(x, w1) + b1
    h = np.where(z > 0, z, 0)
    s = np.dot(h, w2) + b2
    e = np.exp(s - np.max(s, axis=1, keepdims=True))
    p = e / np.sum(e, axis=1, keepdims=True)
    top = np.max(s, axis=1)
    loss = np.mean(top + np.log(np.sum(e, axis=1)) - s[range(len(s)), targets])
    y = np.zeros_like(s)
    y[range(len(s)), targets] = 1
    g = (p - y) / np.asarray(len(s), dtype=s.dtype)
    loss = -np.mean(np.sum(y * np.log(p + 1e-12), axis=1))
    k = np.where(h > 0, np.dot(g, w2.T), 0)
    return loss, (np.dot(k, w1.T), np.dot(x.T, k), np.sum(k, axis=0), np.dot(h.T, g), np.sum(g, axis=0))
