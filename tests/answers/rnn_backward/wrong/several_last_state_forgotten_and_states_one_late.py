"""What comes from above at the last state is forgotten, the derivative of tanh lacks the square,
and the gradient of w_hh is made from the states after the steps.

Verdict: wrong_answer
Lines: 24, 27, 30
Mistakes: 3
"""

import numpy as np


def forward(x, w_ih, w_hh, b_ih, b_hh, h0):
    states = [h0]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ w_ih.T + b_ih + states[-1] @ w_hh.T + b_hh))
    return states


def rnn_backward(x, w_ih, w_hh, b_ih, b_hh, h0, d_outputs, d_h_n):
    states = forward(x, w_ih, w_hh, b_ih, b_hh, h0)
    d_x = np.zeros_like(x)
    d_w_ih, d_w_hh = np.zeros_like(w_ih), np.zeros_like(w_hh)
    d_b = np.zeros_like(b_ih)
    d_h = np.zeros_like(d_h_n)
    for t in reversed(range(x.shape[1])):
        after = states[t + 1]
        d_a = (d_h + d_outputs[:, t]) * (1 - after)
        d_x[:, t] = d_a @ w_ih
        d_w_ih += d_a.T @ x[:, t]
        d_w_hh += d_a.T @ after
        d_b += d_a.sum(axis=0)
        d_h = d_a @ w_hh
    return d_x, d_w_ih, d_w_hh, d_b, d_b, d_h
