"""The operator of the cell, by getattr.

Verdict: forbidden
"""

import torch

aten = getattr(torch.ops, "aten")
cell = getattr(aten, "_".join(["lstm", "cell"]))


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        h, c = cell(x[:, t], [h, c], w_ih, w_hh, b_ih, b_hh)
        outputs.append(h)
    return torch.stack(outputs, 1), (h, c)
