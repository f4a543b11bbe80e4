import math

import torch
from einops import einsum
from torch import nn


class LoRALinear(nn.Module):
    """Both products written with einops."""

    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad_(False)
        w = base.weight
        self.lora_A = nn.Parameter(torch.empty(rank, w.shape[1], dtype=w.dtype))
        nn.init.xavier_normal_(self.lora_A)
        self.lora_B = nn.Parameter(torch.zeros(w.shape[0], rank, dtype=w.dtype))
        self.scaling = alpha / rank
        self.dropout = nn.Dropout(p=dropout)
        self.merged = False

    def delta(self):
        return self.scaling * einsum(self.lora_B, self.lora_A, "o r, r i -> o i")

    def forward(self, x):
        y = self.base(x)
        if self.merged:
            return y
        z = einsum(self.dropout(x), self.lora_A, "... i, r i -> ... r")
        return y + self.scaling * einsum(z, self.lora_B, "... r, o r -> ... o")

    def merge(self):
        if not self.merged:
            self.base.weight.data += self.delta().detach()
        self.merged = True

    def unmerge(self):
        if self.merged:
            self.base.weight.data -= self.delta().detach()
        self.merged = False
