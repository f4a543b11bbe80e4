"""F.linear for the hidden state is called without its third argument.

Lines: 21
"""

import torch
from torch.nn import functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    batch, length, _ = x.shape
    hidden = h0.shape[1]

    # all inputs at once, it does not depend on the state
    from_x = F.linear(x, w_ih, b_ih)

    h_t = h0
    c_t = c0
    outs = torch.zeros(batch, length, hidden, dtype=x.dtype, device=x.device)
    for t in range(length):
        from_h = F.linear(h_t, w_hh)
        gates = from_x[:, t, :] + from_h
        i_t, f_t, g_t, o_t = gates.split(hidden, dim=1)
        c_t = torch.sigmoid(f_t) * c_t + torch.sigmoid(i_t) * torch.tanh(g_t)
        h_t = torch.sigmoid(o_t) * torch.tanh(c_t)
        outs[:, t, :] = h_t
    return outs, (h_t, c_t)
