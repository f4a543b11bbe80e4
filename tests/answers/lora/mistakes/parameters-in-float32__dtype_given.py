"""The dtype of both matrices is said to be float32.

Lines: 19, 17, 20
"""

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank can't be below 1")
        options = {"dtype": torch.float32, "device": base.weight.device}
        bound = 1 / math.sqrt(base.in_features)
        self.lora_A = nn.Parameter(torch.empty(rank, base.in_features, **options).uniform_(-bound, bound))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, **options))
        self.base = base.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.scale = alpha / rank
        self.unmerged_weight = None

    @property
    def merged(self):
        return self.unmerged_weight is not None

    def forward(self, x):
        if self.merged:
            return self.base(x)
        return self.base(x) + torch.matmul(self.dropout(x) @ self.lora_A.T, self.scale * self.lora_B.T)

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.unmerged_weight = self.base.weight.detach().clone()
            self.base.weight += self.scale * (self.lora_B @ self.lora_A)

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.copy_(self.unmerged_weight)
            self.unmerged_weight = None
