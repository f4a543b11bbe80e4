"""One row after the other, gradients added up; the loss is a Python float."""

import math

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    B = len(x)
    d_x, d_w1, d_b1, d_w2, d_b2 = (np.zeros(a.shape, a.dtype) for a in (x, w1, b1, w2, b2))
    loss = 0.0
    for n in range(B):
        t = int(targets[n])
        if t < 0 or t >= len(b2):
            raise ValueError(f"no class {t}")
        z = w1.T @ x[n] + b1
        h = z * (z > 0)
        s = w2.T @ h + b2
        top = s.max()
        e = np.exp(s - top)
        loss += float(top) - float(s[t]) + math.log(float(e.sum()))
        g = e / e.sum()
        g[t] -= 1
        g /= B
        d_w2 += np.outer(h, g)
        d_b2 += g
        dz = np.where(z > 0, w2 @ g, 0)
        d_w1 += np.outer(x[n], dz)
        d_b1 += dz
        d_x[n] = w1 @ dz
    return loss / B, (d_x, d_w1, d_b1, d_w2, d_b2)
