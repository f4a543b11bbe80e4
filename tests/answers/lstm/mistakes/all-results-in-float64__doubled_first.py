"""All is turned into float64 for safety, and stays so.

Lines: 10
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    x, h, c, w_ih, w_hh, b_ih, b_hh = (t.double() for t in (x, h0, c0, w_ih, w_hh, b_ih, b_hh))
    out = []
    for t in range(x.size(1)):
        i, f, g, o = torch.split(x[:, t] @ w_ih.T + h @ w_hh.T + (b_ih + b_hh), h.size(1), dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        out.append(h)
    return torch.stack(out, 1), (h, c)
