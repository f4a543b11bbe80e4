"""The cell state is squashed before it is carried on.

Verdict: wrong_answer
Lines: 19
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        gates = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = gates.chunk(4, dim=1)
        i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
        g = torch.tanh(g)
        c = f * c + i * g
        c = torch.tanh(c)
        h = o * c
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
