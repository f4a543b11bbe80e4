"""The outputs are written into torch's default dtype.

Lines: 10
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs = torch.zeros(x.shape[0], x.shape[1], h0.shape[1])
    h, c = h0, c0
    for t, x_t in enumerate(x.unbind(1)):
        i, f, g, o = (x_t @ w_ih.T + h @ w_hh.T + (b_ih + b_hh)).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs[:, t] = h
    return outputs, (h, c)
