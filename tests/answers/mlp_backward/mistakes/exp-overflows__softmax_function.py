"""A function softmax as the formula has it, and -log of what it gives.

Lines: 10
"""

import numpy as np


def softmax(s):
    return np.exp(s) / np.exp(s).sum(axis=-1)[:, None]


def mlp_backward(x, targets, w1, b1, w2, b2):
    if any(t < 0 or t >= len(b2) for t in targets):
        raise ValueError("target")
    z = x.dot(w1) + b1
    h = z * (z > 0)
    p = softmax(h.dot(w2) + b2)
    loss = np.mean([-np.log(row[t]) for row, t in zip(p, targets)])
    y = np.eye(len(b2), dtype=p.dtype)[targets]
    g = (p - y) / p.dtype.type(len(x))
    k = g.dot(w2.T) * (z > 0)
    return loss, (k.dot(w1.T), x.T.dot(k), k.sum(0), h.T.dot(g), g.sum(0))
