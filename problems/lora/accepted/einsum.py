"""The two products in one einsum, and dropout as a mask of one's own."""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least one")
        self.base = base
        self.base.requires_grad_(False)
        self.rank = rank
        self.alpha = alpha
        self.keep = 1.0 - dropout
        self.is_merged = False
        A = torch.empty(rank, base.in_features).normal_(std=0.02)
        B = torch.zeros(base.out_features, rank)
        self.lora_A = nn.Parameter(A.to(base.weight))
        self.lora_B = nn.Parameter(B.to(base.weight))

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if self.is_merged:
            return y
        if self.training and self.keep < 1.0:
            x = x * torch.bernoulli(torch.full_like(x, self.keep)) / self.keep
        return y + torch.einsum("...i,ri,or->...o", x, self.lora_A, self.lora_B) * self.alpha / self.rank

    def merge(self) -> None:
        self._move(True, +1)

    def unmerge(self) -> None:
        self._move(False, -1)

    @torch.no_grad()
    def _move(self, merged: bool, sign: int) -> None:
        if self.is_merged != merged:
            self.base.weight += sign * torch.einsum("or,ri->oi", self.lora_B, self.lora_A) * self.alpha / self.rank
            self.is_merged = merged
