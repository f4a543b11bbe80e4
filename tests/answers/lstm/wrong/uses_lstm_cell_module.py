"""nn.LSTMCell, imported under another name.

Verdict: forbidden
"""

import torch
from torch.nn import LSTMCell as Cell
from torch.func import functional_call


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    h, c = h0, c0
    outputs = []
    for t in range(x.shape[1]):
        h, c = functional_call(
            Cell(x.shape[2], h.shape[1]), dict(weight_ih=w_ih, weight_hh=w_hh, bias_ih=b_ih, bias_hh=b_hh), (x[:, t], (h, c))
        )
        outputs.append(h)
    return torch.stack(outputs, 1), (h, c)
