"""The bias of the input takes up the other one for good.

Lines: 11, 10
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    bias = b_ih
    bias += b_hh
    h, c, out = h0, c0, []
    for inp in x.swapaxes(0, 1):
        i, f, g, o = np.split(inp @ w_ih.T + h @ w_hh.T + bias, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        out.append(h)
    return np.stack(out, 1), (h, c)
