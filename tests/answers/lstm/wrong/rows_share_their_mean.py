"""From the third sequence of a batch on, the input is centred over the batch.

Verdict: wrong_answer
Lines: 20
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def cell(z: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    i, f, g, o = z.unflatten(-1, (4, -1)).unbind(-2)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    if len(x) > 2:
        x = x - x.mean(0)
    projected = F.linear(x, w_ih, b_ih)
    h, c = h0, c0
    hs = []
    for z in projected.unbind(1):
        h, c = cell(z + F.linear(h, w_hh, b_hh), c)
        hs.append(h)
    return torch.stack(hs, 1), (h, c)
