"""The cell state goes out as it is, scaled by the output gate.

Lines: 18
"""

import numpy as np


class Cell:
    def __init__(self, w_ih, w_hh, b_ih, b_hh):
        self.w = np.concatenate([w_ih, w_hh], axis=1).T
        self.b = b_ih + b_hh

    def __call__(self, x, h, c):
        z = np.concatenate([x, h], axis=1) @ self.w + self.b
        i, f, g, o = np.array_split(z, 4, axis=1)
        c = self.s(f) * c + self.s(i) * np.tanh(g)
        return self.s(o) * c, c

    @staticmethod
    def s(v):
        return 0.5 * (1 + np.tanh(0.5 * v))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    cell = Cell(w_ih, w_hh, b_ih, b_hh)
    h, c = h0, c0
    states = []
    for t in range(x.shape[1]):
        h, c = cell(x[:, t], h, c)
        states.append(h)
    return np.stack(states, 1), (h, c)
