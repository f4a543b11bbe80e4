"""The outputs are stacked with the time in front, the second bias is left out,
and the hidden state shows the cell without its tanh.

Verdict: wrong_shape | wrong_answer
Lines: 21, 27, 29
Mistakes: 3
"""

import numpy as np


def _sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    size = h0.shape[1]
    h, c = h0, c0
    states = []
    for t in range(x.shape[1]):
        z = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T
        i = _sigmoid(z[:, :size])
        f = _sigmoid(z[:, size : 2 * size])
        g = np.tanh(z[:, 2 * size : 3 * size])
        o = _sigmoid(z[:, 3 * size :])
        c = f * c + i * g
        h = o * c
        states.append(h)
    return np.stack(states), (h, c)
