"""One sigmoid over all four blocks, the candidate's among them.

Lines: 15
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    width = h0.shape[1]
    projected = torch.matmul(x, w_ih.mT) + (b_ih + b_hh)
    h, c = h0, c0
    results = []
    for t in range(x.shape[1]):
        activated = torch.sigmoid(projected[:, t] + torch.matmul(h, w_hh.mT))
        i, f, g, o = activated.split(width, dim=1)
        c = torch.mul(f, c) + torch.mul(i, g)
        h = torch.mul(o, torch.tanh(c))
        results.append(h)
    return torch.stack(results, dim=-2), (h, c)
