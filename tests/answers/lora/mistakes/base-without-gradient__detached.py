"""The base's output is detached.

Lines: 41
"""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """merge and unmerge are one step with another sign."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if not rank >= 1:
            raise ValueError("LoRA needs a rank of 1 or more")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.empty_like(base.weight[:1]).repeat(rank, 1).uniform_(-1, 1))
        self.lora_B = nn.Parameter(torch.zeros_like(base.weight[:, :1]).repeat(1, rank))
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.state = "apart"

    def shift_weight(self, sign: int) -> None:
        with torch.no_grad():
            product = torch.matmul(self.lora_B, self.lora_A)
            moved = self.base.weight + sign * self.scale * product
        self.base.weight = nn.Parameter(moved, requires_grad=False)

    def merge(self) -> None:
        if self.state == "apart":
            self.shift_weight(1)
            self.state = "merged"

    def unmerge(self) -> None:
        if self.state == "merged":
            self.shift_weight(-1)
            self.state = "apart"

    def forward(self, x: Tensor) -> Tensor:
        result = self.base(x).detach()
        if self.state == "merged":
            return result
        thin = self.dropout(x) @ self.lora_A.t()
        return torch.add(result, thin @ self.lora_B.t(), alpha=self.scale)
