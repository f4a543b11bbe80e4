"""Computed in the precision of the inputs, and handed back in float32.

Lines: 22
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    def gate(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    h, c = h0, c0
    hidden = []
    for t in range(x.shape[1]):
        z = np.einsum("bi,gi->bg", x[:, t], w_ih) + np.einsum("bh,gh->bg", h, w_hh) + b_ih + b_hh
        i, f, g, o = np.hsplit(z, 4)
        c = gate(f) * c + gate(i) * np.tanh(g)
        h = gate(o) * np.tanh(c)
        hidden.append(h)
    result = np.array(hidden).transpose(1, 0, 2)
    return result.astype(np.float32), (h.astype(np.float32), c.astype(np.float32))
