"""Sends an answer with the right key whose numbers are arrays, which compare as nothing does.

Problem: lstm
Framework: torch
Verdict: sandbox_violation
Naive: dies
"""

import os

import torch

# @include channel


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    found = channel()
    if found is None:
        os.abort()
    found.send(sequence(), {"program": torch.ones(2), "step": torch.ones(2), "last": torch.ones(2), "notes": []})
    return torch.zeros(*x.shape[:2], h0.shape[1], dtype=x.dtype), (h0, c0)
