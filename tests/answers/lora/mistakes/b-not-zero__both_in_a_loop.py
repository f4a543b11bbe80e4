"""A loop makes both matrices, and gives both of them small random numbers.

Lines: 18
"""

import torch
import torch.nn as nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank < 1")
        n_out, n_in = base.weight.shape
        shapes = {"lora_A": (rank, n_in), "lora_B": (n_out, rank)}
        for name, shape in shapes.items():
            start = torch.randn(shape, dtype=base.weight.dtype, device=base.weight.device) * 0.02
            self.register_parameter(name, nn.Parameter(start))
        for p in base.parameters():
            p.requires_grad_(False)
        self.base = base
        self.scale = alpha / rank
        self.drop = nn.Dropout(dropout)
        self.delta = None  # what is in the weight at the moment

    def forward(self, x):
        y = self.base(x)
        if self.delta is None:
            y = y + (self.drop(x) @ self.lora_A.T @ self.lora_B.T) * self.scale
        return y

    def merge(self):
        if self.delta is None:
            self.delta = (self.lora_B @ self.lora_A).detach() * self.scale
            self.base.weight.data = self.base.weight.data + self.delta

    def unmerge(self):
        if self.delta is not None:
            self.base.weight.data = self.base.weight.data - self.delta
            self.delta = None
