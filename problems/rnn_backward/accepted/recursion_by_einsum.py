"""einsum in columns, and the slope of tanh by the hyperbolic cosine."""

from collections import namedtuple

import numpy as np

Gradients = namedtuple("Gradients", "x w_ih w_hh b_ih b_hh h0")


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    sums, before, h = [], [], h0
    for row in np.moveaxis(x, 1, 0):
        before.append(h)
        sums.append(np.einsum("hi,bi->bh", w_ih, row) + np.einsum("hk,bk->bh", w_hh, h) + b_ih + b_hh)
        h = np.tanh(sums[-1])
    parts, back = [], d_h_n
    for t in reversed(range(len(sums))):
        with np.errstate(over="ignore"):
            parts.insert(0, (back + d_outputs[:, t]) / np.cosh(sums[t]) / np.cosh(sums[t]))
        back = np.einsum("bh,hk->bk", parts[0], w_hh)
    d = np.stack(parts, axis=1)
    d_b = np.einsum("bth->h", d)
    return Gradients(
        np.einsum("bth,hi->bti", d, w_ih),
        np.einsum("bth,bti->hi", d, x),
        np.einsum("bth,btk->hk", d, np.stack(before, axis=1)),
        d_b,
        d_b,
        back,
    )
