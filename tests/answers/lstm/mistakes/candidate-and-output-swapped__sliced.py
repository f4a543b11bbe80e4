"""The output gate is read before the candidate.

Lines: 18, 19
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    B, T, _ = x.shape
    H = h0.shape[-1]
    out = []
    h_t, c_t = h0, c0
    for t in range(T):
        z = torch.addmm(b_ih + b_hh, x[:, t], w_ih.t()) + torch.mm(h_t, w_hh.t())
        i_t = torch.sigmoid(z[:, :H])
        f_t = torch.sigmoid(z[:, H : 2 * H])
        o_t = torch.sigmoid(z[:, 2 * H : 3 * H])
        g_t = torch.tanh(z[:, 3 * H :])
        c_t = f_t * c_t + i_t * g_t
        h_t = o_t * torch.tanh(c_t)
        out.append(h_t.unsqueeze(1))
    return torch.cat(out, dim=1), (h_t, c_t)
