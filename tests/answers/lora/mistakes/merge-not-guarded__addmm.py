"""merge adds to the weight without a look at whether it has done so before.

Lines: 31
"""

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank has to be positive, got {rank}")
        self.base = base
        self.base.requires_grad_(False)
        self.lora_A = nn.Parameter(nn.init.kaiming_normal_(base.weight.new_empty(rank, base.in_features)))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, rank))
        self.factor = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if not self.merged:
            y = y + self.factor * torch.matmul(torch.matmul(self.dropout(x), self.lora_A.mT), self.lora_B.mT)
        return y

    @torch.no_grad()
    def merge(self) -> None:
        self.base.weight.addmm_(self.lora_B, self.lora_A, alpha=self.factor)
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.addmm_(self.lora_B, self.lora_A, alpha=-self.factor)
        self.merged = False
