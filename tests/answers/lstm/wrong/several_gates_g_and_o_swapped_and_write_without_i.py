"""The last two gates are taken in the wrong order, and what is written to the cell is not scaled by the input gate.

Verdict: wrong_answer
Lines: 12, 13
Mistakes: 2
"""

import torch


def cell(gates, c):
    i, f, o, g = gates.chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    from_inputs = x @ w_ih.T + b_ih
    outputs = []
    for step in from_inputs.unbind(dim=1):
        h, c = cell(step + h @ w_hh.T + b_hh, c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
