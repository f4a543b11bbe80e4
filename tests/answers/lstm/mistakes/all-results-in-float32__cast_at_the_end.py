"""What is returned is cast to float32, whatever came in.

Lines: 21
"""

import torch


def step(z, c):
    i, f, g, o = z.chunk(4, dim=-1)
    c = torch.addcmul(torch.sigmoid(f) * c, torch.sigmoid(i), torch.tanh(g))
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c, out = h0, c0, []
    for x_t in x.unbind(1):
        h, c = step(torch.addmm(b_ih, x_t, w_ih.T) + torch.addmm(b_hh, h, w_hh.T), c)
        out.append(h)
    outputs = torch.stack(out, dim=1)
    return outputs.to(torch.float32), (h.to(torch.float32), c.to(torch.float32))
