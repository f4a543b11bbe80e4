"""Exchanges the methods of tensors that a difference is computed with.

Problem: lstm
Framework: torch
Verdict: wrong_answer | wrong_shape
Naive: accepted
Compare: difference
"""

import torch

torch.Tensor.abs = torch.Tensor.__abs__ = lambda tensor: torch.zeros(1)
torch.Tensor.any = lambda tensor, *args, **kwargs: torch.tensor(False)


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
