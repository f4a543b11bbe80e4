"""requires_grad is set on the layer, where it is only a new attribute, and not on its parameters.

Lines: 17
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be >= 1")

        self.base = base
        self.base.requires_grad = False

        weight = base.weight
        self.lora_A = nn.Parameter(torch.empty(rank, weight.shape[1], dtype=weight.dtype, device=weight.device))
        self.lora_B = nn.Parameter(torch.zeros(weight.shape[0], rank, dtype=weight.dtype, device=weight.device))
        nn.init.xavier_uniform_(self.lora_A)

        self.scaling = alpha / rank
        self.dropout = nn.Dropout(p=dropout)
        self.merged = False

    def update(self):
        return torch.mm(self.lora_B, self.lora_A).mul(self.scaling)

    def merge(self):
        if not self.merged:
            with torch.no_grad():
                self.base.weight.add_(self.update())
        self.merged = True

    def unmerge(self):
        if self.merged:
            with torch.no_grad():
                self.base.weight.sub_(self.update())
        self.merged = False

    def forward(self, x):
        base_out = self.base(x)
        if self.merged:
            return base_out
        dropped = self.dropout(x)
        down = dropped.matmul(self.lora_A.t())
        up = down.matmul(self.lora_B.t())
        return base_out + up.mul(self.scaling)
