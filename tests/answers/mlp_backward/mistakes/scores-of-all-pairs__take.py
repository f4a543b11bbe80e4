"""np.take along the classes.

Lines: 17
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    z = np.dot(x, w1) + b1
    h = np.where(z > 0, z, 0)
    s = np.dot(h, w2) + b2
    t = s - s.max(axis=1)[:, None]
    log_p = t - np.log(np.exp(t).sum(axis=1))[:, None]
    loss = np.mean(-np.take(log_p, targets, axis=1))
    p = np.exp(log_p)
    y = np.zeros_like(s)
    y[range(len(s)), targets] = 1
    g = (p - y) / np.asarray(len(s), dtype=s.dtype)
    k = np.where(h > 0, np.dot(g, w2.T), 0)
    return loss, (np.dot(k, w1.T), np.dot(x.T, k), np.sum(k, axis=0), np.dot(h.T, g), np.sum(g, axis=0))
