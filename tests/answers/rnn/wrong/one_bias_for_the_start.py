"""b_hh is added from the second step on only, since "there is no state before the first".

Verdict: wrong_answer
Lines: 13, 14
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    out, h = [], h0
    for x_t in x.unbind(1):
        z = x_t @ w_ih.T + b_ih
        if h is not None:
            z = z + h @ w_hh.T + b_hh
        h = torch.tanh(z)
        out.append(h)
    return torch.stack(out, 1), h
