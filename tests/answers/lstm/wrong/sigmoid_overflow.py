"""The sigmoid is exp(z) / (1 + exp(z)), nan where exp overflows.

Verdict: wrong_answer
Lines: 12
Mistake: sigmoid-overflows
"""

import torch


def sigmoid(z):
    return torch.exp(z) / (1 + torch.exp(z))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        gates = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = gates.chunk(4, dim=1)
        i, f, o = sigmoid(i), sigmoid(f), sigmoid(o)
        g = torch.tanh(g)
        c = f * c + i * g
        h = o * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
