import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    """No flag: what forward does is a method that merge() and unmerge() exchange."""

    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError(rank)
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.empty(rank, base.in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        nn.init.orthogonal_(self.lora_A)
        self.lora_A.data += 0.01 * torch.randn_like(self.lora_A)
        self.scale = alpha / rank
        self.dropout = dropout
        self.mode = "split"

    def _split(self, x):
        z = torch.dropout(x, self.dropout, self.training)
        return self.base(x) + (z @ self.lora_A.T) @ (self.scale * self.lora_B).T

    def _joined(self, x):
        return self.base(x)

    def forward(self, *args, **kwargs):
        return getattr(self, f"_{self.mode}")(*args, **kwargs)

    def merge(self):
        if self.mode == "split":
            with torch.no_grad():
                self.base.weight.data.addmm_(self.lora_B, self.lora_A, alpha=self.scale)
            self.mode = "joined"

    def unmerge(self):
        if self.mode == "joined":
            with torch.no_grad():
                self.base.weight.data.addmm_(self.lora_B, self.lora_A, alpha=-self.scale)
            self.mode = "split"
