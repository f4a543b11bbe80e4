"""The tensor that the states are written into has the steps in front.

Lines: 22, 13
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    B, T, _ = x.shape
    H = h0.size(1)
    h, c = h0, c0
    outputs = x.new_zeros((T, B, H))
    for t in range(T):
        gates = torch.einsum("bi,gi->bg", x[:, t], w_ih) + torch.einsum("bh,gh->bg", h, w_hh) + b_ih + b_hh
        sig = gates.sigmoid()
        i, f, o = sig[:, :H], sig[:, H : 2 * H], sig[:, 3 * H :]
        g = gates[:, 2 * H : 3 * H].tanh()
        c = f * c + i * g
        h = o * c.tanh()
        outputs[t] = h
    return outputs, (h, c)
