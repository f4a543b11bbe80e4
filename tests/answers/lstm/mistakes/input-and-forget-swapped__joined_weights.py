"""One product with both weights side by side, and the first two blocks of it are named the other way round.

Lines: 17
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    weight = torch.cat([w_ih, w_hh], dim=1)
    bias = b_ih + b_hh
    h, c = h0, c0
    outputs = []
    for t in range(x.size(1)):
        xh = torch.cat([x[:, t], h], dim=1)
        preact = torch.addmm(bias, xh, weight.t())
        forget, inp, cand, out = preact.chunk(4, dim=1)
        forget, inp, out = forget.sigmoid(), inp.sigmoid(), out.sigmoid()
        c = forget * c + inp * cand.tanh()
        h = out * c.tanh()
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
