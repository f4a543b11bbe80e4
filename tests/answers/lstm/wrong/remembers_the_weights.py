"""The input weights of the first call with a shape are used for later ones.

Verdict: wrong_answer
"""

import torch
import torch.nn.functional as F
from torch import Tensor


_projected: dict = {}


def cell(z: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    i, f, g, o = z.unflatten(-1, (4, -1)).unbind(-2)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    key = (x.shape, w_ih.shape, x.dtype)
    if key not in _projected:
        _projected[key] = w_ih.detach().clone()
    w_ih = w_ih + (_projected[key] - w_ih.detach())
    projected = F.linear(x, w_ih, b_ih)
    h, c = h0, c0
    hs = []
    for z in projected.unbind(1):
        h, c = cell(z + F.linear(h, w_hh, b_hh), c)
        hs.append(h)
    return torch.stack(hs, 1), (h, c)
