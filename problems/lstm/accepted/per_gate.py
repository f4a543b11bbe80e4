"""Each gate with its own matrices, as the equations have it."""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    hidden = h0.size(1)
    W_ii, W_if, W_ig, W_io = w_ih.split(hidden)
    W_hi, W_hf, W_hg, W_ho = w_hh.split(hidden)
    b_ii, b_if, b_ig, b_io = b_ih.split(hidden)
    b_hi, b_hf, b_hg, b_ho = b_hh.split(hidden)

    h, c, all_h = h0, c0, []
    for t in range(x.size(1)):
        xt = x[:, t]
        i = torch.sigmoid(xt @ W_ii.T + b_ii + h @ W_hi.T + b_hi)
        f = torch.sigmoid(xt @ W_if.T + b_if + h @ W_hf.T + b_hf)
        g = torch.tanh(xt @ W_ig.T + b_ig + h @ W_hg.T + b_hg)
        o = torch.sigmoid(xt @ W_io.T + b_io + h @ W_ho.T + b_ho)
        c = f * c + i * g
        h = o * torch.tanh(c)
        all_h.append(h.unsqueeze(1))
    return torch.cat(all_h, dim=1), (h, c)
