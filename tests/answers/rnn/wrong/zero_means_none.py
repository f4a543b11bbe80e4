"""`if h0` in place of `if h0 is None`: more than one number has no truth value.

Verdict: runtime_error
Lines: 11
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = h0 if h0 else torch.zeros(x.shape[0], w_hh.shape[0], dtype=x.dtype)
    out = []
    for x_t in x.unbind(1):
        h = torch.tanh(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return torch.stack(out, 1), h
