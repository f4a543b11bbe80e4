"""A call without h0 goes on from the last state of the call before, where the batch is as large.

Verdict: wrong_answer
Lines: 24, 29
"""

from typing import NamedTuple

import torch
from torch.nn import functional as F


LAST = {}


class States(NamedTuple):
    outputs: torch.Tensor
    h_n: torch.Tensor


def rnn(x, w_ih, w_hh, b_ih, b_hh, h0=None):
    B, T, _ = x.shape
    from_x = F.linear(x, w_ih, b_ih + b_hh)
    h = LAST.get((B, len(b_hh)), x.new_zeros(B, len(b_hh))).to(x.dtype) if h0 is None else h0
    outputs = torch.empty_like(from_x)
    for t in range(T):
        h = torch.addmm(from_x.select(1, t), h, w_hh.mT).tanh()
        outputs = torch.index_copy(outputs, 1, torch.tensor([t]), h[:, None])
    LAST[B, len(b_hh)] = h.detach()
    return States(outputs, outputs[:, -1])
