"""merge() sets B to zero so that forward stays right, and unmerge() does nothing.

Verdict: wrong_answer
Lines: 31
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.randn_like(base.weight[:1].expand(rank, -1)))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.kept = None

    def forward(self, x):
        return self.base(x) + self.scale * (self.dropout(x) @ self.lora_A.T @ self.lora_B.T)

    @torch.no_grad()
    def merge(self):
        if self.kept is None:
            self.kept = self.lora_B.clone()
            self.base.weight += self.scale * self.lora_B @ self.lora_A
            self.lora_B.zero_()

    @torch.no_grad()
    def unmerge(self):
        if self.kept is not None:
            self.lora_B.copy_(self.kept)
            self.base.weight -= self.scale * self.lora_B @ self.lora_A
            self.kept = None
