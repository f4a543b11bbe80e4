"""The gradient is carried back by the transpose of w_hh, and those of the biases are averaged over the batch.

Verdict: wrong_answer
Lines: 24, 26
Mistakes: 2
"""

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    B, T, _ = x.shape
    H = w_hh.shape[0]
    h = np.empty((B, T + 1, H), x.dtype)
    h[:, 0] = h0
    for t in range(T):
        h[:, t + 1] = np.tanh(x[:, t] @ w_ih.T + h[:, t] @ w_hh.T + b_ih + b_hh)

    slopes = 1 - h[:, 1:] ** 2
    d_z = np.empty((B, T, H), x.dtype)
    flowing = d_h_n
    for t in range(T - 1, -1, -1):
        d_z[:, t] = (flowing + d_outputs[:, t]) * slopes[:, t]
        flowing = np.einsum("bh,kh->bk", d_z[:, t], w_hh)

    d_bias = d_z.sum(axis=1).mean(axis=0)
    return (
        np.einsum("bth,hi->bti", d_z, w_ih),
        np.einsum("bth,bti->hi", d_z, x),
        np.einsum("bth,btk->hk", d_z, h[:, :-1]),
        d_bias,
        d_bias.copy(),
        flowing,
    )
