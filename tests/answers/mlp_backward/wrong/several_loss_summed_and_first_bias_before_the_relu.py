"""The loss is the sum over the rows while the gradients are those of the mean,
and the gradient of the first bias is taken before it has gone back through the ReLU.

Verdict: wrong_answer
Lines: 34, 40
Mistakes: 2
"""

from typing import NamedTuple

import numpy as np


class Pass(NamedTuple):
    z: np.ndarray
    h: np.ndarray
    log_p: np.ndarray


def _forward(x, w1, b1, w2, b2):
    z = np.einsum("bi,ih->bh", x, w1) + b1
    h = np.where(z > 0, z, 0)
    s = np.einsum("bh,ho->bo", h, w2) + b2
    shifted = s - np.max(s, axis=-1, keepdims=True)
    return Pass(z, h, shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


def mlp_backward(x, targets, w1, b1, w2, b2):
    classes = w2.shape[1]
    if np.any((targets < 0) | (targets > classes - 1)):
        raise ValueError(f"targets must lie in 0..{classes - 1}")
    z, h, log_p = _forward(x, w1, b1, w2, b2)
    one_hot = (targets[:, None] == np.arange(classes)).astype(x.dtype)
    loss = -np.sum(one_hot * log_p)

    d_s = (np.exp(log_p) - one_hot) / x.dtype.type(len(x))
    d_h = np.einsum("bo,ho->bh", d_s, w2)
    d_z = np.where(z > 0, d_h, 0)
    d_w1 = np.einsum("bi,bh->ih", x, d_z)
    d_b1 = d_h.sum(axis=0)
    d_w2 = np.einsum("bh,bo->ho", h, d_s)
    d_x = np.einsum("bh,ih->bi", d_z, w1)
    return loss, (d_x, d_w1, d_b1, d_w2, d_s.sum(axis=0))
