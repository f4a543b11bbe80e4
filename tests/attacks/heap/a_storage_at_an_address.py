"""Makes a tensor of memory that it names by its address.

Problem: lstm
Framework: torch
Verdict: forbidden
Naive: reaches
"""

import torch


def attack():
    kept = torch.ones(2)
    make = vars(torch)["_" + "C"].__dict__["_construct_storage_from_data" + "_pointer"]
    torch.tensor([]).set_(make(kept.data_ptr(), torch.device("cpu"), 8))[0] = 7
    if kept[0] == 7:
        print("@TOKEN@")


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    attack()
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
