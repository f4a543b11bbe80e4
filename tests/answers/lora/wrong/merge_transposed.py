"""merge() adds the transposed update, which fits square layers only.

Verdict: wrong_answer|runtime_error|wrong_shape
Lines: 30
"""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank is {rank}, it must be at least 1")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(base.weight.new_empty(rank, base.in_features))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, rank))
        nn.init.normal_(self.lora_A, std=0.02)
        self.rank = rank
        self.alpha = alpha
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    @property
    def scaling(self) -> float:
        return self.alpha / self.rank

    def delta(self) -> Tensor:
        return (self.lora_B @ self.lora_A).T.detach() * self.scaling

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if not self.merged:
            out = out + self.dropout(x) @ self.lora_A.T @ self.lora_B.T * self.scaling
        return out

    def merge(self) -> None:
        if self.merged:
            return
        self.base.weight = nn.Parameter(self.base.weight + self.delta(), requires_grad=False)
        self.merged = True

    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight = nn.Parameter(self.base.weight - self.delta(), requires_grad=False)
        self.merged = False
