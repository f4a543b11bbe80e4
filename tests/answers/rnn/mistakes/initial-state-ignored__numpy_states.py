"""An array of T + 1 states whose first row stays zero.

Lines: 11
"""

import numpy as np


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    B, T, _ = x.shape
    states = np.zeros((T + 1, B, len(w_hh)), dtype=x.dtype)
    for t in range(T):
        states[t + 1] = np.tanh(x[:, t] @ w_ih.T + states[t] @ w_hh.T + b_ih + b_hh)
    return states[1:].transpose(1, 0, 2), states[-1]
