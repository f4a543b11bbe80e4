"""The biases are summed by add_, in the caller's tensor.

Lines: 10
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    both = b_ih.add_(b_hh)
    h, c, seq = h0, c0, []
    for t in range(x.shape[1]):
        i, f, g, o = torch.split(both + x[:, t] @ w_ih.T + h @ w_hh.T, h0.shape[1], dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        seq.append(h)
    return torch.stack(seq, 1), (h, c)
