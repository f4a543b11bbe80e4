import math

import torch
from torch import Tensor, nn


@torch.jit.script
def low_rank(x: Tensor, A: Tensor, B: Tensor, scale: float) -> Tensor:
    return torch.matmul(torch.matmul(x, A.t()), B.t()) * scale


@torch.jit.script
def delta(A: Tensor, B: Tensor, scale: float) -> Tensor:
    return torch.matmul(B, A) * scale


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("rank")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.empty_like(base.weight[0]).expand(rank, -1).clone())
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.lora_B = nn.Parameter(torch.zeros_like(base.weight[:, 0])[:, None].expand(-1, rank).clone())
        self.scale = float(alpha) / rank
        self.drop = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        if self.merged:
            return self.base(x)
        return self.base(x) + low_rank(self.drop(x), self.lora_A, self.lora_B, self.scale)

    def merge(self) -> None:
        self.set(True)

    def unmerge(self) -> None:
        self.set(False)

    @torch.no_grad()
    def set(self, merged: bool) -> None:
        if merged is self.merged:
            return
        d = delta(self.lora_A, self.lora_B, self.scale)
        self.base.weight.add_(d if merged else -d)
        self.merged = merged
