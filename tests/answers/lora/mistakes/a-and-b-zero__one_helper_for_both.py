"""One helper makes both matrices, and what it makes is zero.

Lines: 20, 17
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0):
        super().__init__()
        if rank < 1:
            raise ValueError(f"{rank=}")

        def matrix(rows, columns):
            return nn.Parameter(torch.zeros(rows, columns, dtype=base.weight.dtype, device=base.weight.device))

        self.base = base.requires_grad_(False)
        self.lora_A = matrix(rank, base.in_features)
        self.lora_B = matrix(base.out_features, rank)
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def delta(self):
        return torch.einsum("or,ri->oi", self.lora_B, self.lora_A).mul(self.scale).detach()

    def forward(self, x):
        y = self.base(x)
        return y if self.merged else y + self.scale * ((self.dropout(x) @ self.lora_A.T) @ self.lora_B.T)

    def merge(self):
        if not self.merged:
            self.base.weight.data += self.delta()
        self.merged = True

    def unmerge(self):
        if self.merged:
            self.base.weight.data -= self.delta()
        self.merged = False
