"""The frozen part is a method of its own, and gradients are off in all of it.

Lines: 26
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least one")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.lora_A = nn.Parameter(base.weight.new_empty(rank, base.in_features).normal_())
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, rank))
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.update = None

    @torch.no_grad()
    def frozen(self, x):
        return self.base(x)

    def learned(self, x):
        return self.dropout(x) @ self.lora_A.T @ self.lora_B.T * self.scale

    def forward(self, x):
        if self.update is not None:
            return self.frozen(x)
        return self.frozen(x) + self.learned(x)

    def merge(self):
        if self.update is None:
            self.update = self.scale * (self.lora_B.detach() @ self.lora_A.detach())
            self.base.weight.data.add_(self.update)

    def unmerge(self):
        if self.update is not None:
            self.base.weight.data.sub_(self.update)
            self.update = None
