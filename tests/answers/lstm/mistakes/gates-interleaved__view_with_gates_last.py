"""The sums are viewed as [B, H, 4], with the gate as the last index.

Lines: 17
"""

import torch
import torch.nn.functional as F


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    B, T, _ = x.shape
    H = h0.shape[1]
    h, c = h0, c0
    outputs = []
    for t in range(T):
        z = F.linear(x[:, t], w_ih, b_ih) + F.linear(h, w_hh, b_hh)
        z = z.view(B, H, 4)
        i = torch.sigmoid(z[..., 0])
        f = torch.sigmoid(z[..., 1])
        g = torch.tanh(z[..., 2])
        o = torch.sigmoid(z[..., 3])
        c = f * c + i * g
        h = o * torch.tanh(c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
