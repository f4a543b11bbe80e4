"""What each step wrote into the cell is kept apart, and all parts fade at every step."""

import torch
import torch.nn.functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h = h0
    parts = [c0]
    outputs = []
    for x_t in x.unbind(1):
        i, f, g, o = (F.linear(x_t, w_ih, b_ih) + F.linear(h, w_hh, b_hh)).chunk(4, dim=1)
        keep = f.sigmoid()
        parts = [keep * part for part in parts]
        parts.append(i.sigmoid() * g.tanh())
        c = sum(parts)
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
