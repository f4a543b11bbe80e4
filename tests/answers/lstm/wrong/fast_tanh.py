"""tanh is a rational approximation.

Verdict: wrong_answer
Lines: 13, 11
"""

import torch


def tanh(z):
    z = z.clamp(-4.97, 4.97)
    s = z * z
    return z * (135135 + s * (17325 + s * (378 + s))) / (135135 + s * (62370 + s * (3150 + 28 * s)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        gates = x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh
        i, f, g, o = gates.chunk(4, dim=1)
        i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
        g = tanh(g)
        c = f * c + i * g
        h = o * tanh(c)
        outputs.append(h)
    return torch.stack(outputs, dim=1), (h, c)
