"""Both matrices start as small random numbers.

Lines: 21
"""

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("the rank must be positive")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, **like) / rank)
        self.lora_B = nn.Parameter(torch.randn(base.out_features, rank, **like) * 0.01)
        self.scaling = alpha / rank
        self.p = dropout
        self.is_merged = False

    def delta(self):
        return self.scaling * (self.lora_B.detach() @ self.lora_A.detach())

    def forward(self, x):
        out = F.linear(x, self.base.weight, self.base.bias)
        if not self.is_merged:
            h = F.dropout(x, self.p, training=self.training)
            out = out + F.linear(F.linear(h, self.lora_A), self.lora_B) * self.scaling
        return out

    def merge(self):
        if self.is_merged:
            return
        self.base.weight.data += self.delta()
        self.is_merged = True

    def unmerge(self):
        if not self.is_merged:
            return
        self.base.weight.data -= self.delta()
        self.is_merged = False
