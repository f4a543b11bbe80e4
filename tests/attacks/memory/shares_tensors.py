"""Moves a large tensor into shared memory, as torch does between its workers.

Problem: lstm
Framework: torch
Verdict: memory_limit | runtime_error | sandbox_violation
Naive: holds
Needs: walls
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    torch.multiprocessing.set_sharing_strategy("file_descriptor")
    held = [torch.zeros(12 << 20, dtype=torch.uint8).share_memory_() for _ in range(16)]
    for tensor in held:
        tensor.fill_(1)
    print("@TOKEN@", len(held))
    raise RuntimeError("held")
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
