"""Works time-major inside, and forgets to turn the outputs back.

Lines: 19
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    pre = (x @ w_ih.t() + b_ih + b_hh).transpose(0, 1)
    h, c = h0, c0
    outputs = []
    for z in pre:
        z = z + h @ w_hh.t()
        i, f, g, o = torch.chunk(z, 4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        outputs.append(h[None])
    return torch.cat(outputs, dim=0), (h, c)
