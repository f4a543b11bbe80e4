"""The bias of the base stays trainable, a second merge adds the update again,
and unmerge takes away B A without its scale.

Verdict: wrong_answer
Lines: 24, 40, 46
Mistakes: 3
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    """W x + b, and beside it (alpha / r) B A x."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank must be positive, not {rank}")
        self.base = base
        self.base.weight.requires_grad = False
        self.lora_A = nn.Parameter(base.weight.new_empty((rank, base.in_features)))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.lora_B = nn.Parameter(base.weight.new_zeros((base.out_features, rank)))
        self.scaling = alpha / rank
        self.p = dropout
        self.is_merged = False

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if not self.is_merged:
            dropped = F.dropout(x, self.p, training=self.training)
            y = y + F.linear(F.linear(dropped, self.lora_A), self.lora_B) * self.scaling
        return y

    def merge(self) -> None:
        self.base.weight.data += self.scaling * (self.lora_B.data @ self.lora_A.data)
        self.is_merged = True

    def unmerge(self) -> None:
        if not self.is_merged:
            return
        self.base.weight.data -= self.lora_B.data @ self.lora_A.data
        self.is_merged = False
