"""outputs is right, but the two come in a list.

Verdict: wrong_shape
Lines: 26
"""

from typing import NamedTuple

import torch
from torch.nn import functional as F


class States(NamedTuple):
    outputs: torch.Tensor
    h_n: torch.Tensor


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    B, T, _ = x.shape
    from_x = F.linear(x, w_ih, b_ih + b_hh)
    h = x.new_zeros(B, len(b_hh)) if h0 is None else h0
    outputs = torch.empty_like(from_x)
    for t in range(T):
        h = torch.addmm(from_x.select(1, t), h, w_hh.mT).tanh()
        outputs = torch.index_copy(outputs, 1, torch.tensor([t]), h[:, None])
    return [outputs, outputs[:, -1]]
