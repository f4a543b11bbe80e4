"""einsum throughout, logaddexp for the sum of exponentials."""

from typing import NamedTuple

import numpy as np


class Gradients(NamedTuple):
    x: np.ndarray
    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray


def mlp_backward(x, targets, w1, b1, w2, b2):
    if ((targets < 0) | (targets > b2.size - 1)).any():
        raise ValueError("every target must be a class")
    z = np.einsum("bi,ih->bh", x, w1) + b1
    on = (z > 0).astype(x.dtype)
    h = z * on
    s = np.einsum("bh,ho->bo", h, w2) + b2
    log_p = s - np.logaddexp.reduce(s, axis=1)[:, np.newaxis]
    loss = np.mean(-np.take_along_axis(log_p, targets[:, np.newaxis], axis=1))
    hot = (targets[:, np.newaxis] == np.arange(b2.size)).astype(x.dtype)
    g = (np.exp(log_p) - hot) * (1 / len(x))
    k = np.einsum("bo,ho,bh->bh", g, w2, on)
    return np.asarray(loss), Gradients(
        np.einsum("bh,ih->bi", k, w1),
        np.einsum("bi,bh->ih", x, k),
        np.einsum("bh->h", k),
        np.einsum("bh,bo->ho", h, g),
        np.einsum("bo->o", g),
    )
