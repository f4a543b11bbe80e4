"""The derivative of each state for the one before as a matrix: products of Jacobians, row by row."""

import numpy as np


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    B, T, _ = x.shape
    d_x, d_h0 = np.empty(x.shape, x.dtype), np.empty(h0.shape, h0.dtype)
    d_w_ih, d_w_hh, d_b = (np.zeros(a.shape, x.dtype) for a in (w_ih, w_hh, b_ih))
    for n in range(B):
        states = [h0[n]]
        for t in range(T):
            states.append(np.tanh(w_ih @ x[n, t] + w_hh @ states[-1] + b_ih + b_hh))
        g = d_h_n[n]
        for t in range(T)[::-1]:
            slope = np.diag(1 - states[t + 1] ** 2)
            g = g + d_outputs[n, t]
            through = g @ slope
            d_x[n, t] = through @ w_ih
            d_w_ih += np.outer(through, x[n, t])
            d_w_hh += np.outer(through, states[t])
            d_b += through
            g = g @ (slope @ w_hh)
        d_h0[n] = g
    return d_x, d_w_ih, d_w_hh, d_b, d_b, d_h0
