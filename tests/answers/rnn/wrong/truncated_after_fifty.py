"""The gradient is cut every fifty steps, as in truncated backpropagation.

Verdict: wrong_answer
Lines: 15
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = x.new_zeros(x.shape[0], w_hh.shape[0]) if h0 is None else h0
    out = []
    for t, x_t in enumerate(x.unbind(1)):
        if t and t % 50 == 0:
            h = h.detach()
        h = torch.tanh(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return torch.stack(out, 1), h
