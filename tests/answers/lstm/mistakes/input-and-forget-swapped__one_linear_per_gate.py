"""Each gate has a linear map of its own, and the first two have each other's weights.

Lines: 20, 21
"""

import torch
import torch.nn.functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    parts = [list(p.chunk(4)) for p in (w_ih, w_hh, b_ih, b_hh)]

    def gate(k, inp, hid):
        wi, wh, bi, bh = (p[k] for p in parts)
        return F.linear(inp, wi, bi) + F.linear(hid, wh, bh)

    h, c, hs = h0, c0, []
    for t in range(x.size(1)):
        inp = x[:, t, :]
        f = gate(0, inp, h).sigmoid()
        i = gate(1, inp, h).sigmoid()
        g = gate(2, inp, h).tanh()
        o = gate(3, inp, h).sigmoid()
        c = c * f + i * g
        h = o * c.tanh()
        hs.append(h)
    return torch.stack(hs, 1), (h, c)
