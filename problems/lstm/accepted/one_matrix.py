"""Both weights side by side: one product with [x_t, h] a step."""

from typing import NamedTuple

import torch
from torch import Tensor


class State(NamedTuple):
    h: Tensor
    c: Tensor


class Result(NamedTuple):
    outputs: Tensor
    state: State


def lstm(x: Tensor, h0: Tensor, c0: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor) -> Result:
    weight = torch.cat([w_ih, w_hh], dim=1).t()
    bias = b_ih + b_hh
    state = State(h0, c0)
    steps = []
    for x_t in x.transpose(0, 1):
        gates = torch.addmm(bias, torch.cat([x_t, state.h], dim=1), weight)
        i, f, g, o = gates.view(len(gates), 4, -1).unbind(1)
        c = torch.sigmoid(f) * state.c + torch.sigmoid(i) * torch.tanh(g)
        state = State(torch.sigmoid(o) * torch.tanh(c), c)
        steps.append(state.h)
    outputs = torch.stack(steps).transpose(0, 1)
    return Result(outputs, state)
