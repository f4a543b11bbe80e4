"""The new weight is registered in the base as a Parameter like any other, which requires a gradient.

Lines: 25
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be a positive integer")
        for p in base.parameters():
            p.requires_grad_(False)
        self.base = base
        self.lora_A = nn.Parameter(base.weight.new_empty(rank, base.in_features).uniform_(-0.1, 0.1))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, rank))
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.delta = None

    def put(self, weight):
        self.base.register_parameter("weight", nn.Parameter(weight))

    @torch.no_grad()
    def merge(self):
        if self.delta is None:
            self.delta = self.scale * torch.einsum("or,ri->oi", self.lora_B, self.lora_A)
            self.put(self.base.weight + self.delta)

    @torch.no_grad()
    def unmerge(self):
        if self.delta is not None:
            self.put(self.base.weight - self.delta)
            self.delta = None

    def forward(self, x):
        if self.delta is not None:
            return self.base(x)
        thin = torch.einsum("...i,ri->...r", self.dropout(x), self.lora_A)
        return self.base(x) + self.scale * torch.einsum("...r,or->...o", thin, self.lora_B)
