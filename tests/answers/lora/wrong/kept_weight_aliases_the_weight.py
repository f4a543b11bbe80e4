"""The weight that is kept for unmerging is the same storage, so unmerge() restores nothing.

Verdict: wrong_answer
Lines: 38
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    """A frozen layer, an update of low rank, and a copy of the weight for unmerging."""

    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank")
        self.base = base
        base.weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        dtype = base.weight.dtype
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, dtype=dtype) / rank)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=dtype))
        self.scaling = alpha / rank
        self.drop = nn.Dropout(dropout)
        self.original = None

    def forward(self, x):
        y = self.base(x)
        if self.original is None:
            y = y + self.scaling * torch.einsum("...i,ri,or->...o", self.drop(x), self.lora_A, self.lora_B)
        return y

    @torch.no_grad()
    def merge(self):
        if self.original is None:
            self.original = self.base.weight.detach()
            self.base.weight.add_(self.lora_B @ self.lora_A, alpha=self.scaling)

    @torch.no_grad()
    def unmerge(self):
        if self.original is not None:
            self.base.weight.copy_(self.original)
            self.original = None
