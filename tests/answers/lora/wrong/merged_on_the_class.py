"""The flag `merged` is set on the class: a second layer thinks that it is merged.

Verdict: wrong_answer
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    merged = False

    """A linear layer whose weight stays as it is while a low-rank update learns.

    Args:
        base: the layer to adapt, I features to O; it is frozen and kept as `self.base`.
        rank: R, the rank of the update.
        alpha: the update is scaled by alpha / rank.
        dropout: share of the features that the update's path does not see in training, 0 <= dropout < 1.

    Raises:
        ValueError: rank is less than 1.
    """

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank must be at least 1, not {rank}")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(base.weight.new_empty(rank, base.in_features))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.lora_A)
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        pass

    def forward(self, x: Tensor) -> Tensor:
        """x [..., I] to [..., O]; once merged, through the base alone."""
        y: Tensor = self.base(x)
        if self.merged:
            return y
        low: Tensor = self.dropout(x) @ self.lora_A.T
        return y + self.scale * (low @ self.lora_B.T)

    @torch.no_grad()
    def merge(self) -> None:
        """Add the update to the base's weight; nothing happens where it is there already."""
        if not self.merged:
            update_OI = self.scale * (self.lora_B @ self.lora_A)
            weight_OI = self.base.weight + update_OI
            self.base.weight = nn.Parameter(weight_OI, requires_grad=False)
            type(self).merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the update out of the base's weight again; nothing happens where it is not there."""
        if self.merged:
            update_OI = self.scale * (self.lora_B @ self.lora_A)
            weight_OI = self.base.weight - update_OI
            self.base.weight = nn.Parameter(weight_OI, requires_grad=False)
            type(self).merged = False
