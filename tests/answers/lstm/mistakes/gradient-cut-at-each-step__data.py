"""Each step reads the numbers of the state, without their history.

Lines: 15, 16
"""

import torch
import torch.nn.functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    H = h0.shape[1]
    h, c = h0, c0
    ys = []
    for x_t in x.unbind(1):
        old = c.data
        z = F.linear(x_t, w_ih, b_ih) + F.linear(h.data, w_hh, b_hh)
        c = z[:, H : 2 * H].sigmoid() * old + z[:, :H].sigmoid() * z[:, 2 * H : 3 * H].tanh()
        h = z[:, 3 * H :].sigmoid() * c.tanh()
        ys.append(h)
    return torch.stack(ys, dim=1), (h, c)
