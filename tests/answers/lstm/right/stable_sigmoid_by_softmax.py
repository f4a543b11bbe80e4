import torch


def sigma(z):
    # softmax over (z, 0) is exp(z) / (exp(z) + 1), and shifts before it exponentiates.
    return torch.softmax(torch.stack((z, torch.zeros_like(z))), 0)[0]


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    n = h0.shape[1]
    pre = torch.tensordot(x, w_ih, dims=([2], [1])) + b_ih
    h, c, out = h0, c0, []
    for t in range(pre.shape[1]):
        z = pre.select(1, t) + (h.matmul(w_hh.t()) + b_hh)
        gate = sigma(z)
        c = gate.narrow(1, n, n) * c + gate.narrow(1, 0, n) * z.narrow(1, 2 * n, n).tanh()
        h = gate.narrow(1, 3 * n, n) * c.tanh()
        out.append(h)
    return torch.stack(out, dim=1), (h, c)
