"""Has torch map the user's file into a tensor, which is done in C++.

Problem: lstm
Framework: torch
Verdict: sandbox_violation | runtime_error | wrong_answer
Naive: leaks
Needs: walls
"""

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = torch.from_file("@SECRET_FILE@", shared=False, size=45, dtype=torch.uint8)
    print(bytes(found.tolist()).decode())
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
