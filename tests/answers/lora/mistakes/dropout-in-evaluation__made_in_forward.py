"""A new Dropout is made at each call, and a new module is in training mode.

Lines: 31
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    """The weight before the merge is kept in a buffer."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank is too small")
        base.weight.requires_grad = False
        if base.bias is not None:
            base.bias.requires_grad = False
        self.base = base
        self.rank = rank
        self.alpha = alpha
        self.p = dropout
        self.lora_A = nn.Parameter(torch.rand(rank, base.in_features).to(base.weight) - 0.5)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank).to(base.weight))
        self.register_buffer("original", None, persistent=False)

    def forward(self, x):
        if self.original is not None:
            return self.base(x)
        h = nn.Dropout(self.p)(x)
        h = nn.functional.linear(h, self.lora_A)
        h = nn.functional.linear(h, self.lora_B)
        return self.base(x) + h * (self.alpha / self.rank)

    @torch.no_grad()
    def merge(self):
        if self.original is None:
            self.original = self.base.weight.clone()
            self.base.weight.add_(self.lora_B @ self.lora_A, alpha=self.alpha / self.rank)

    @torch.no_grad()
    def unmerge(self):
        if self.original is not None:
            self.base.weight.copy_(self.original)
            self.original = None
