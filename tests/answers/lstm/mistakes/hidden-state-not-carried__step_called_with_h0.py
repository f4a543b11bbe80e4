"""The function for a step is handed h0 each time.

Lines: 22
"""

import torch
import torch.nn.functional as F


def lstm_step(x_t, h, c, w_ih, w_hh, b_ih, b_hh):
    gates = F.linear(x_t, w_ih, b_ih) + F.linear(h, w_hh, b_hh)
    i, f, g, o = gates.chunk(4, dim=1)
    c_new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h_new = o.sigmoid() * c_new.tanh()
    return h_new, c_new


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    outputs = []
    c = c0
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t, :], h0, c, w_ih, w_hh, b_ih, b_hh)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
