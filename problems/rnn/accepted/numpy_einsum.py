"""einsum for all steps' inputs at once, and accumulate for the recurrence."""

from itertools import accumulate

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    inputs = np.einsum("bti,hi->tbh", x, w_ih) + (b_ih + b_hh)
    start = np.zeros_like(inputs[0]) if h0 is None else h0
    states = list(accumulate(inputs, lambda h, z: np.tanh(z + np.einsum("bk,hk->bh", h, w_hh)), initial=start))
    return np.stack(states[1:], axis=1), states[-1]
