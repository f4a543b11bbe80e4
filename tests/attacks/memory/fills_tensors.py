"""Holds 192 MiB in a tensor and in its gradients.

Problem: lstm
Framework: torch
Verdict: memory_limit | runtime_error
Naive: holds
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    held = torch.ones(20 << 20, requires_grad=True)
    (held * held).sum().backward()
    print("@TOKEN@")
    raise RuntimeError("held")
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
