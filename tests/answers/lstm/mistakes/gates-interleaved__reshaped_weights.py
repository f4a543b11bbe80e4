"""The weights are reshaped to [H, 4, ...] where they are [4, H, ...].

Lines: 11, 12
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    H = h0.shape[-1]
    W, U = w_ih.reshape(H, 4, -1), w_hh.reshape(H, 4, H)
    b = (b_ih + b_hh).reshape(H, 4)
    h, c, ys = h0, c0, []
    for x_t in x.unbind(1):
        z = torch.einsum("bi,hgi->bhg", x_t, W) + torch.einsum("bk,hgk->bhg", h, U) + b
        i, f, g, o = z.unbind(-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        ys.append(h)
    return torch.stack(ys, 1), (h, c)
