"""The derivative of the ReLU at 0 is 1, the gradient of the second bias is averaged over the rows,
and targets below 0 are not refused.

Verdict: wrong_answer
Lines: 13, 30, 31
Mistakes: 3
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if (targets >= len(b2)).any():
        raise ValueError("a target is no class")
    n = len(x)
    rows = np.arange(n)

    z = x @ w1 + b1
    h = np.maximum(z, 0)
    s = h @ w2 + b2
    s = s - s.max(axis=1, keepdims=True)
    e = np.exp(s)
    total = e.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - s[rows, targets]).mean()

    d_s = e / total
    d_s[rows, targets] -= 1
    d_s /= n
    d_w2 = h.T @ d_s
    d_b2 = d_s.mean(axis=0)
    d_z = (d_s @ w2.T) * (z >= 0)
    return loss, (d_z @ w1.T, x.T @ d_z, d_z.sum(axis=0), d_w2, d_b2)
