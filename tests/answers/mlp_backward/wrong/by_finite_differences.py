"""The gradients by central differences: right to a few digits.

Verdict: wrong_answer|wrong_shape|time_limit
Lines: 26
"""

import numpy as np


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= len(b2):
        raise ValueError("target")
    def loss_of(x, w1, b1, w2, b2):
        s = np.maximum(x @ w1 + b1, 0) @ w2 + b2
        s = s - s.max(1, keepdims=True)
        return (np.log(np.exp(s).sum(1)) - s[np.arange(len(s)), targets]).mean()

    given = [a.astype(np.float64) for a in (x, w1, b1, w2, b2)]
    grads = [np.zeros_like(a) for a in given]
    for a, g in zip(given, grads):
        for at in np.ndindex(a.shape):
            kept = a[at]
            a[at] = kept + 1e-5
            up = loss_of(*given)
            a[at] = kept - 1e-5
            g[at] = (up - loss_of(*given)) / 2e-5
            a[at] = kept
    return loss_of(*given).astype(x.dtype), tuple(g.astype(x.dtype) for g in grads)
