"""The recurrent product is computed once, from h0, before the loop.

Lines: 11
"""

import torch
import torch.nn.functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    gates = F.linear(x, w_ih, b_ih) + F.linear(h0, w_hh, b_hh)[:, None]
    i, f, g, o = gates.chunk(4, dim=-1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    cells = []
    c = c0
    for keep, new in zip(f.unbind(1), (i * g).unbind(1)):
        c = keep * c + new
        cells.append(c)
    outputs = o * torch.stack(cells, dim=1).tanh()
    return outputs, (outputs[:, -1], c)
