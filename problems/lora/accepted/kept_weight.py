"""Merging puts a new weight in and keeps the old Parameter, which unmerging puts back."""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank <= 0:
            raise ValueError(f"rank = {rank}")
        self.base = base
        self.base.weight.requires_grad_(False)
        if self.base.bias is not None:
            self.base.bias.requires_grad_(False)
        like = {"dtype": base.weight.dtype, "device": base.weight.device}
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, **like) / rank)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, **like))
        self.dropout = nn.Dropout(dropout) if dropout > 0 else nn.Identity()
        self.scaling = alpha / rank
        self.original = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.original:
            return self.base(x)
        return self.base(x) + self.scaling * (self.dropout(x) @ self.lora_A.t() @ self.lora_B.t())

    def merge(self) -> None:
        if not self.original:
            self.original.append(self.base.weight)
            merged = self.base.weight.detach() + self.scaling * self.lora_B.detach() @ self.lora_A.detach()
            self.base.weight = nn.Parameter(merged, requires_grad=False)

    def unmerge(self) -> None:
        if self.original:
            self.base.weight = self.original.pop()
