"""Sums in float64, and d_x as well.

Lines: 19
"""

import numpy as np


def forward(x, w_ih, w_hh, b_ih, b_hh, h0):
    h = [h0]
    for t in range(x.shape[1]):
        h.append(np.tanh(x[:, t].dot(w_ih.T) + b_ih + h[t].dot(w_hh.T) + b_hh))
    return h


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    h = forward(x, w_ih, w_hh, b_ih, b_hh, h0)
    d_x, d_u, d_w, d_b = (np.zeros(a.shape, dtype=x.dtype) for a in (x, w_ih, w_hh, b_ih))
    d_x, d_u, d_w, d_b = (a.astype(float) for a in (d_x, d_u, d_w, d_b))
    g = d_h_n
    for t in range(x.shape[1] - 1, -1, -1):
        g = g + d_outputs[:, t]
        d = g * (1 - h[t + 1] * h[t + 1])
        d_x[:, t] = d.dot(w_ih)
        d_u += d.T.dot(x[:, t])
        d_w += d.T.dot(h[t])
        d_b += d.sum(0)
        g = d.dot(w_hh)
    return d_x, d_u, d_w, d_b, d_b, g
