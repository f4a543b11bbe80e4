"""The recurrent product goes without its bias.

Lines: 12, 22
"""

import torch
from torch import Tensor


def step(x_t: Tensor, state: tuple[Tensor, Tensor], w_ih: Tensor, w_hh: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    h, c = state
    z = torch.einsum("bi,gi->bg", x_t, w_ih) + torch.einsum("bh,gh->bg", h, w_hh) + bias
    i, f, g, o = torch.tensor_split(z, 4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    state = (h0, c0)
    hidden = []
    for x_t in x.transpose(0, 1):
        state = step(x_t, state, w_ih, w_hh, b_ih)
        hidden.append(state[0])
    return torch.stack(hidden).transpose(0, 1), state
