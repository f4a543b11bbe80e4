"""The gates get their names from a string that has them in the order i, f, o, g.

Lines: 12, 8
"""

import torch

ORDER = "ifog"


def split_by_name(p):
    return dict(zip(ORDER, p.chunk(4, dim=0)))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    W, U, b, d = split_by_name(w_ih), split_by_name(w_hh), split_by_name(b_ih), split_by_name(b_hh)

    def pre(k, x_t, h):
        return x_t @ W[k].T + b[k] + h @ U[k].T + d[k]

    h, c, ys = h0, c0, []
    for x_t in x.unbind(1):
        i, f, o = (torch.sigmoid(pre(k, x_t, h)) for k in "ifo")
        g = torch.tanh(pre("g", x_t, h))
        c = f * c + i * g
        h = o * torch.tanh(c)
        ys.append(h)
    return torch.stack(ys, 1), (h, c)
