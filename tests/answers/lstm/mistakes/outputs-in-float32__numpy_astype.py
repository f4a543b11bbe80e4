"""The stacked outputs are cast to float32 at the end, float64 inputs or not.

Lines: 21
"""

import numpy as np


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    def run(h, c):
        for t in range(x.shape[1]):
            z = np.inner(x[:, t], w_ih) + np.inner(h, w_hh) + b_ih + b_hh
            i, f, g, o = np.moveaxis(z.reshape(len(x), 4, -1), 1, 0)
            i, f, o = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o))
            c = f * c + i * np.tanh(g)
            h = o * np.tanh(c)
            yield h, c

    states = list(run(h0, c0))
    outputs = np.stack([h for h, _ in states], axis=1)
    return outputs.astype(np.float32), states[-1]
