"""The loss of float64 inputs is rounded to float32 on its way.

Verdict: wrong_answer
Lines: 26
"""

from collections import namedtuple

import numpy as np

Gradients = namedtuple("Gradients", "x w1 b1 w2 b2")
Result = namedtuple("Result", ["loss", "gradients"])


def mlp_backward(x, targets, w1, b1, w2, b2):
    if targets.min() < 0 or targets.max() >= b2.size:
        raise ValueError
    h = np.einsum("bi,ih->hb", x, w1) + b1[:, None]
    np.clip(h, 0, None, out=h)
    s = np.tensordot(w2, h, axes=(0, 0)) + b2[:, np.newaxis]
    log_p = s - np.logaddexp.reduce(s, axis=0, keepdims=True)
    right = np.equal.outer(np.arange(b2.size), targets)
    d_s = (np.exp(log_p) - right).astype(x.dtype) / x.dtype.type(len(x))
    d_h = w2 @ d_s
    d_h[h == 0] = 0
    loss = np.asarray(-log_p[right].astype(np.float32).mean()).astype(x.dtype)
    return Result(loss, Gradients((w1 @ d_h).T, (d_h @ x).T, d_h.T.sum(0), (d_s @ h.T).T, d_s.sum(1)))
