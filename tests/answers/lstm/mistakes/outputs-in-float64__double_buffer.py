"""The tensor for the outputs is made as float64, whatever the inputs are.

Lines: 12
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    n_batch, n_steps, _ = x.shape
    n_hidden = h0.shape[-1]
    outputs = torch.empty(n_batch, n_steps, n_hidden, dtype=torch.float64, device=x.device)
    h, c = h0, c0
    bias = b_ih + b_hh
    for t in range(n_steps):
        z = torch.addmm(bias, x[:, t], w_ih.mT).addmm(h, w_hh.mT)
        i, f, g, o = torch.tensor_split(z, 4, dim=1)
        c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
        h = o.sigmoid() * c.tanh()
        outputs[:, t] = h
    return outputs, (h, c)
