"""unmerge takes the update out every time that it is called.

Lines: 44
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be >= 1")
        self.base = base
        for parameter in self.base.parameters():
            parameter.requires_grad = False

        dtype = base.weight.dtype
        device = base.weight.device
        a = torch.empty(rank, base.in_features, dtype=dtype, device=device)
        b = torch.zeros(base.out_features, rank, dtype=dtype, device=device)
        nn.init.xavier_uniform_(a)
        self.lora_A = nn.Parameter(a)
        self.lora_B = nn.Parameter(b)

        self.scaling = alpha / rank
        self.dropout = nn.Dropout(p=dropout)
        self.merged = False

    def merge(self):
        if self.merged:
            return
        with torch.no_grad():
            product = torch.mm(self.lora_B, self.lora_A)
            product = product * self.scaling
            self.base.weight += product
        self.merged = True

    def unmerge(self):
        with torch.no_grad():
            product = torch.mm(self.lora_B, self.lora_A)
            product = product * self.scaling
            self.base.weight -= product
        self.merged = False

    def forward(self, x):
        out = self.base(x)
        if self.merged:
            return out
        h = self.dropout(x)
        h = h @ self.lora_A.t()
        h = h @ self.lora_B.t()
        h = h * self.scaling
        return out + h
