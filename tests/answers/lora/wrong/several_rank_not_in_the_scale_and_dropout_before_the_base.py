"""The update is multiplied by alpha without being divided by the rank, and dropout acts on what the base gets too.

Verdict: wrong_answer
Lines: 23, 33
Mistakes: 2
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad_(False)
        like = base.weight
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, dtype=like.dtype, device=like.device) * 0.02)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=like.dtype, device=like.device))
        self.scale = alpha
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def update(self):
        return self.scale * self.lora_B @ self.lora_A

    def forward(self, x):
        if self.merged:
            return self.base(x)
        x = self.dropout(x)
        low = x @ self.lora_A.T
        return self.base(x) + self.scale * (low @ self.lora_B.T)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight += self.update()
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight -= self.update()
            self.merged = False
