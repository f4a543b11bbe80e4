"""Whenever the mode is set, the weight is brought into the state that goes with it.

Lines: 30
"""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("the rank of the update must be at least 1")
        self.base = base
        self.base.requires_grad_(False)
        weight = base.weight
        self.lora_A = nn.Parameter(weight.new_empty((rank, weight.size(1))))
        self.lora_B = nn.Parameter(weight.new_zeros((weight.size(0), rank)))
        nn.init.normal_(self.lora_A, std=1 / rank)
        self.scaling = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def train(self, mode: bool = True) -> "LoRALinear":
        super().train(mode)
        if mode and self.merged:
            self.unmerge()
        if not mode and not self.merged:
            self.merge()
        return self

    @torch.no_grad()
    def merge(self) -> None:
        if not self.merged:
            self.base.weight.addmm_(self.lora_B, self.lora_A, alpha=self.scaling)
            self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.merged:
            self.base.weight.addmm_(self.lora_B, self.lora_A, alpha=-self.scaling)
            self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        result = self.base(x)
        if not self.merged:
            result = result + self.scaling * (self.dropout(x) @ self.lora_A.mT @ self.lora_B.mT)
        return result
