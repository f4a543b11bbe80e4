from functools import reduce

import torch
import torch.nn.functional as F
from torch import Tensor


def lstm(
    x: Tensor, h0: Tensor, c0: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    def step(history, z):
        h, c = history[-1]
        z = z + F.linear(h, w_hh, b_hh)
        i, f, g, o = z.unflatten(1, (4, -1)).unbind(1)
        c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()))
        history.append((o.sigmoid() * c.tanh(), c))
        return history

    history = reduce(step, F.linear(x, w_ih, b_ih).transpose(0, 1), [(h0, c0)])
    return torch.stack([h for h, _ in history[1:]]).transpose(0, 1), history[-1]
