"""The sigmoid is written as a softmax of z and 0, without the maximum being taken off.

Lines: 12, 11
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    def open_part(z):
        yes, no = torch.exp(z), torch.exp(torch.zeros_like(z))
        return yes / (yes + no)

    h, c = h0, c0
    ys = []
    for t in range(x.shape[1]):
        z = torch.matmul(x[:, t], w_ih.t()) + torch.matmul(h, w_hh.t()) + b_ih + b_hh
        z = z.view(z.shape[0], 4, -1)
        i, f, o = open_part(z[:, 0]), open_part(z[:, 1]), open_part(z[:, 3])
        g = torch.tanh(z[:, 2])
        c = f * c + i * g
        h = o * torch.tanh(c)
        ys.append(h.unsqueeze(1))
    return torch.cat(ys, dim=1), (h, c)
