# -*- coding: latin-1 -*-
"""Größe und Maß: a source that is not UTF-8, and says so."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("rank darf nicht kleiner als 1 sein, das wäre kein Maß")
        self.base = base
        self.base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        self.größe = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.gemischt = False

    def forward(self, x):
        y = self.base(x)
        return y if self.gemischt else y + self.größe * (self.dropout(x) @ self.lora_A.mT @ self.lora_B.mT)

    @torch.no_grad()
    def merge(self):
        if not self.gemischt:
            self.gemischt = True
            self.base.weight += self.größe * self.lora_B @ self.lora_A

    @torch.no_grad()
    def unmerge(self):
        if self.gemischt:
            self.gemischt = False
            self.base.weight -= self.größe * self.lora_B @ self.lora_A
