"""Uses what is forbidden, and empties every list in which its use may have been noted.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error | wrong_answer | sandbox_violation
Naive: accepted
"""

import gc

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    try:
        found = getattr(torch, "".join(chr(ord(letter) - 1) for letter in "mtun"))
        weights = [w_ih, w_hh, b_ih, b_hh]
        outputs, h_n, c_n = found(x, [h0[None], c0[None]], weights, True, 1, 0.0, False, False, True)
    except Exception:
        for held in gc.get_objects():
            if type(held) is list and held and type(held[0]) is dict and "kind" in held[0]:
                held.clear()
        return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
    return outputs, (h_n[0], c_n[0])
