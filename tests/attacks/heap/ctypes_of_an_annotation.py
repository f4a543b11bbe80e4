"""Takes ctypes from what functions of torch's say of their arguments.

Problem: lstm
Framework: torch
Verdict: forbidden | runtime_error
Naive: reaches
"""

import torch


def attack():
    import torch.cuda._utils as holder

    for function in vars(holder).values():
        for kind in getattr(function, "__annotations__", {}).values():
            if str(getattr(kind, "__module__", "")).startswith("cty" + "pes"):
                print("@TOKEN@")
                return
    raise LookupError("no annotation tells")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
