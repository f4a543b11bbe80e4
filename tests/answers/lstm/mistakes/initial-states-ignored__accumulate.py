"""The steps are accumulated from a pair of zeros.

Lines: 19
"""

from itertools import accumulate

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    def step(state, x_t):
        h, c = state
        z = x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = z.chunk(4, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    zero = torch.zeros((x.shape[0], w_hh.shape[1]), dtype=x.dtype, device=x.device)
    states = list(accumulate(x.unbind(1), step, initial=(zero, zero)))[1:]
    hs = [h for h, _ in states]
    return torch.stack(hs, dim=1), states[-1]
