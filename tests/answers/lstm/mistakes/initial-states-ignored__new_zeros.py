"""The recurrence starts from new zeros.

Lines: 11
"""

import torch
import torch.nn.functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h = c = x.new_zeros(x.size(0), w_hh.size(1))
    every = []
    for step in F.linear(x, w_ih, b_ih).unbind(1):
        i, f, g, o = (step + F.linear(h, w_hh, b_hh)).chunk(4, 1)
        c = c * f.sigmoid() + g.tanh() * i.sigmoid()
        h = c.tanh() * o.sigmoid()
        every.append(h)
    return torch.stack(every, 1), (h, c)
