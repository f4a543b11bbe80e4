"""merge() leaves out the factor; unmerge() puts the old weight back.

Lines: 43
"""

import torch
from torch import einsum, nn


class LoRALinear(nn.Module):
    """Keeps the weight as it was before the merge, and puts it back."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0):
        super().__init__()
        if rank <= 0:
            raise ValueError(f"rank={rank}")
        outputs, inputs = base.weight.shape
        base.requires_grad_(False)
        self.base = base
        self.lora_A = nn.Parameter(torch.empty(rank, inputs, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(outputs, rank, dtype=base.weight.dtype))
        nn.init.normal_(self.lora_A, std=0.02)
        self.rank, self.alpha = rank, alpha
        self.drop = nn.Dropout(p=dropout)
        self.before = None

    @property
    def factor(self):
        return self.alpha / self.rank

    def adapter(self, x):
        return einsum("...i,ri,or->...o", self.drop(x), self.lora_A, self.lora_B) * self.factor

    def forward(self, x):
        if self.before is not None:
            return self.base(x)
        return self.base(x) + self.adapter(x)

    def merge(self):
        if self.before is None:
            with torch.no_grad():
                self.before = self.base.weight.clone()
                self.base.weight += einsum("or,ri->oi", self.lora_B, self.lora_A)

    def unmerge(self):
        if self.before is not None:
            with torch.no_grad():
                self.base.weight.copy_(self.before)
            self.before = None
