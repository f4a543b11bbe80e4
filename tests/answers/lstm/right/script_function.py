import torch
from torch import Tensor


@torch.jit.script
def cell(x: Tensor, h: Tensor, c: Tensor, w_ih: Tensor, w_hh: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    gates = torch.addmm(b, x, w_ih.t()) + torch.mm(h, w_hh.t())
    n = h.size(1)
    i, f, g, o = gates[:, :n], gates[:, n : 2 * n], gates[:, 2 * n : 3 * n], gates[:, 3 * n :]
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    b = b_ih + b_hh
    outputs = ()
    h, c = h0, c0
    for x_t in x.split(1, dim=1):
        h, c = cell(x_t.squeeze(1), h, c, w_ih, w_hh, b)
        outputs += (h,)
    return torch.stack(outputs, 1), (h, c)
