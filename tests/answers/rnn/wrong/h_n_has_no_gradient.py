"""The last state is returned without its gradient; outputs are right.

Verdict: wrong_answer
Lines: 16
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = x.new_zeros(x.shape[0], w_hh.shape[0]) if h0 is None else h0
    out = []
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return torch.stack(out, 1), h.detach()
