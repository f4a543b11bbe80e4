"""All seven inputs are turned into float32 before anything else.

Lines: 10
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    x, h, c = x.float(), h0.float(), c0.float()
    w_ih, w_hh = w_ih.float(), w_hh.float()
    bias = b_ih.float() + b_hh.float()
    xs = torch.einsum("bti,gi->tbg", x, w_ih) + bias
    ys = []
    for x_t in xs:
        i, f, g, o = (x_t + torch.einsum("bh,gh->bg", h, w_hh)).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        ys.append(h)
    return torch.stack(ys, dim=1), (h, c)
