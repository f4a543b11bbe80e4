"""Changes a file of the user's through a mapping that torch shares with it, which no limit on file sizes sees.

Problem: lstm
Framework: torch
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: changes
Needs: walls
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    storage = torch.UntypedStorage.from_file("@SCRATCH@/kept.txt", True, 8)
    storage.fill_(65)
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
