"""The list of states becomes an array whose first axis is time, and stays so.

Lines: 22
"""

import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    time_major = np.swapaxes(x, 0, 1)
    h, c = h0, c0
    states = []
    for x_t in time_major:
        i, f, g, o = np.hsplit(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4)
        c = sigma(f) * c + sigma(i) * np.tanh(g)
        h = sigma(o) * np.tanh(c)
        states.append(h)
    return np.array(states), (h, c)
