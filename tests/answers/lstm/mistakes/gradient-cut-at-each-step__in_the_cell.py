"""The function for one step detaches the state that it is given.

Lines: 10
"""

import torch


def one_step(x_t, h, c, w_ih, w_hh, bias):
    h, c = h.detach(), c.detach()
    i, f, g, o = (x_t @ w_ih.T + h @ w_hh.T + bias).chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c, hs = h0, c0, []
    bias = b_ih + b_hh
    for x_t in torch.unbind(x, dim=1):
        h, c = one_step(x_t, h, c, w_ih, w_hh, bias)
        hs.append(h)
    return torch.stack(hs, dim=1), (h, c)
