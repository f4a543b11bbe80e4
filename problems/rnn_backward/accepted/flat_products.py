"""All d_sum are kept; the gradients of the weights are one product each over time and batch together."""

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    B, T, width = x.shape
    H = len(b_ih)
    h = np.empty((T + 1, B, H), dtype=x.dtype)
    h[0] = h0
    for t in range(T):
        h[t + 1] = np.tanh(x[:, t] @ w_ih.T + h[t] @ w_hh.T + (b_ih + b_hh))
    slope = 1 - h[1:] * h[1:]
    d = np.empty((T, B, H), dtype=x.dtype)
    back = d_h_n
    for t in range(T - 1, -1, -1):
        d[t] = (d_outputs[:, t] + back) * slope[t]
        back = np.dot(d[t], w_hh)
    flat = d.reshape(T * B, H)
    d_w_ih = flat.T @ x.transpose(1, 0, 2).reshape(T * B, width)
    d_w_hh = flat.T @ h[:-1].reshape(T * B, H)
    d_b = flat.sum(axis=0)
    return (d @ w_ih).transpose(1, 0, 2), d_w_ih, d_w_hh, d_b, d_b.copy(), back
