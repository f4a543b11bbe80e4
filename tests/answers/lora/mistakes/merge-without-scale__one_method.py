"""The method that moves the weight adds or subtracts the bare product of B and A.

Lines: 36
"""

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError(rank)
        w = base.weight
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.randn_like(w[:1].expand(rank, -1)) / w.shape[1])
        self.lora_B = nn.Parameter(torch.zeros_like(w[:, :1].expand(-1, rank)))
        self.alpha_over_rank = alpha / rank
        self.p = dropout
        self.merged = False

    def forward(self, x):
        y = self.base(x)
        if self.merged:
            return y
        z = F.dropout(x, self.p, self.training) * self.alpha_over_rank
        return y + F.linear(F.linear(z, self.lora_A), self.lora_B)

    def move(self, to_merged):
        if self.merged is to_merged:
            return
        sign = 1 if to_merged else -1
        with torch.no_grad():
            self.base.weight += sign * (self.lora_B @ self.lora_A)
        self.merged = to_merged

    def merge(self):
        self.move(True)

    def unmerge(self):
        self.move(False)
