"""A sigmoid by hand that is infinity divided by infinity at large gates.

Lines: 11, 10
"""

import torch


def sigmoid(z):
    e = torch.exp(z)
    return e / (1 + e)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c, collected = h0, c0, []
    for x_t in x.unbind(dim=1):
        z = x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = z.chunk(4, dim=1)
        c = sigmoid(f) * c + sigmoid(i) * torch.tanh(g)
        h = sigmoid(o) * torch.tanh(c)
        collected.append(h)
    return torch.stack(collected, dim=1), (h, c)
