import numpy as np
from itertools import accumulate


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    def step(state, x_t):
        h, c = state
        z = np.hstack((x_t, h)) @ weight + bias
        i, f, o = (1 / (1 + np.exp(-z[:, k * H : (k + 1) * H])) for k in (0, 1, 3))
        c = f * c + i * np.tanh(z[:, 2 * H : 3 * H])
        return o * np.tanh(c), c

    H = h0.shape[1]
    weight = np.hstack((w_ih, w_hh)).T
    bias = np.add(b_ih, b_hh)
    states = list(accumulate((x[:, t] for t in range(x.shape[1])), step, initial=(h0, c0)))[1:]
    return np.stack([h for h, _ in states], 1), tuple(states[-1])
