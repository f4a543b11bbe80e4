"""A forward and a backward function for one step, with a cache between them, as in course work."""

import numpy as np


def step_forward(x, h, w_ih, w_hh, b_ih, b_hh):
    out = np.tanh(np.dot(x, w_ih.T) + np.dot(h, w_hh.T) + b_ih + b_hh)
    return out, (x, h, w_ih, w_hh, out)


def step_backward(d_out, cache):
    x, h, w_ih, w_hh, out = cache
    d_z = d_out * (1 - out) * (1 + out)
    return np.dot(d_z, w_ih), np.dot(d_z, w_hh), np.dot(d_z.T, x), np.dot(d_z.T, h), np.sum(d_z, axis=0)


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    caches, h = [], h0
    for t in range(x.shape[1]):
        h, cache = step_forward(x[:, t, :], h, w_ih, w_hh, b_ih, b_hh)
        caches.append(cache)
    d_x = np.zeros(x.shape, dtype=x.dtype)
    d_w_ih, d_w_hh, d_b = 0, 0, 0
    d_h = d_h_n.copy()
    for t in range(x.shape[1])[::-1]:
        d_h += d_outputs[:, t, :]
        d_x[:, t, :], d_h, d_1, d_2, d_3 = step_backward(d_h, caches[t])
        d_w_ih, d_w_hh, d_b = d_w_ih + d_1, d_w_hh + d_2, d_b + d_3
    return d_x, d_w_ih, d_w_hh, d_b, d_b, d_h
