"""A function gives the low-rank path and another one its product; neither knows of alpha.

Lines: 12, 16
"""

import torch
import torch.nn as nn
from torch import Tensor


def through(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return (x @ a.T) @ b.T


def product(a: Tensor, b: Tensor) -> Tensor:
    return b.detach() @ a.detach()


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("LoRA of rank 0 or less")
        self.base = base
        self.base.requires_grad_(False)
        self.alpha = alpha
        self.rank = rank
        self.lora_dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        if self.merged:
            return self.base(x)
        return self.base(x) + through(self.lora_dropout(x), self.lora_A, self.lora_B)

    def merge(self) -> None:
        if not self.merged:
            self.base.weight.data.add_(product(self.lora_A, self.lora_B))
            self.merged = True

    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.data.sub_(product(self.lora_A, self.lora_B))
            self.merged = False
