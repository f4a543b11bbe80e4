from __future__ import annotations

import torch
import torch.nn as nn
from torch import Tensor


class _LowRank(nn.Module):
    def __init__(self, p: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(p)

    def forward(self, x: Tensor, A: Tensor, B: Tensor) -> Tensor:
        return nn.functional.linear(nn.functional.linear(self.dropout(x), A), B)


class LoRALinear(nn.Module):
    merged: bool

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if not isinstance(rank, int) or rank < 1:
            raise ValueError(f"rank must be an integer of at least 1, got {rank!r}")
        self.base = base
        self._freeze()
        self.lora_A = nn.Parameter(torch.empty((rank, base.in_features), dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.empty((base.out_features, rank), dtype=base.weight.dtype))
        nn.init.trunc_normal_(self.lora_A, std=0.02)
        nn.init.constant_(self.lora_B, 0.0)
        self.path = _LowRank(dropout)
        self.scale = alpha / rank
        self.merged = False

    def _freeze(self) -> None:
        for parameter in self.base.parameters():
            parameter.requires_grad_(False)

    def train(self, mode: bool = True) -> LoRALinear:
        super().train(mode)
        self._freeze()
        return self

    def extra_repr(self) -> str:
        return f"scale={self.scale}, merged={self.merged}"

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        return y if self.merged else y.add(self.path(x, self.lora_A, self.lora_B), alpha=self.scale)

    def merge(self) -> None:
        if not self.merged:
            self._shift(self.scale)
        self.merged = True

    def unmerge(self) -> None:
        if self.merged:
            self._shift(-self.scale)
        self.merged = False

    def _shift(self, factor: float) -> None:
        shifted = torch.addmm(self.base.weight.data, self.lora_B.data, self.lora_A.data, alpha=factor)
        del self.base.weight
        self.base.weight = nn.Parameter(shifted, requires_grad=False)
