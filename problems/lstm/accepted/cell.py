"""One step as a function of its own, the loop around it."""

import torch
import torch.nn.functional as F


def step(x_t, state, w_ih, w_hh, b_ih, b_hh):
    h, c = state
    gates = F.linear(x_t, w_ih, b_ih) + F.linear(h, w_hh, b_hh)
    i, f, g, o = torch.chunk(gates, 4, dim=-1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return h, c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    state = (h0, c0)
    outputs = []
    for t in range(x.shape[1]):
        state = step(x[:, t, :], state, w_ih, w_hh, b_ih, b_hh)
        outputs.append(state[0])
    return torch.stack(outputs, 1), state
