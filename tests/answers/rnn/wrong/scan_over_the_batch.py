"""Goes over the batch as if it were time: right where there is one step and one sequence.

Verdict: wrong_shape|wrong_answer|runtime_error
Lines: 13, 11, 14
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    h = torch.zeros(x.shape[1], w_hh.shape[0], dtype=x.dtype) if h0 is None else h0
    out = []
    for x_t in x:
        h = torch.tanh(x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
        out.append(h)
    return torch.stack(out), h
