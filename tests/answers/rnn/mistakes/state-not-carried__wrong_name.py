"""h0 in the loop in place of h.

Lines: 14
"""

import torch


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    if h0 is None:
        h0 = torch.zeros(len(x), len(b_hh), dtype=x.dtype)
    outputs = []
    for t in range(x.shape[1]):
        h = torch.tanh(x[:, t] @ w_ih.T + b_ih + h0 @ w_hh.T + b_hh)
        outputs.append(h)
    return torch.stack(outputs, dim=1), h
