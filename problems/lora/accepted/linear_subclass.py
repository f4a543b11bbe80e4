"""A subclass of nn.Linear that has no weight of its own, only that of its base."""

import torch
import torch.nn as nn


class LoRALinear(nn.Linear):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        nn.Module.__init__(self)
        if rank < 1:
            raise ValueError
        self.in_features = base.in_features
        self.out_features = base.out_features
        for p in base.parameters():
            p.requires_grad_(False)
        self.base = base
        bound = base.in_features**-0.5
        self.lora_A = nn.Parameter(nn.init.uniform_(torch.empty_like(base.weight[:1]).repeat(rank, 1), -bound, bound))
        self.lora_B = nn.Parameter(torch.zeros_like(base.weight[:, :1]).repeat(1, rank))
        self.scaling = alpha / rank
        self.drop = nn.Dropout(dropout)
        self.times_merged = 0

    @property
    def weight(self):
        return self.base.weight

    @property
    def bias(self):
        return self.base.bias

    def forward(self, x):
        result = super().forward(x)
        if self.times_merged == 0:
            result = result + self.drop(x).matmul(self.lora_A.mT).matmul(self.lora_B.mT).mul(self.scaling)
        return result

    def merge(self):
        if self.times_merged == 0:
            with torch.no_grad():
                self.weight.addmm_(self.lora_B, self.lora_A, alpha=self.scaling)
        self.times_merged = 1

    def unmerge(self):
        if self.times_merged == 1:
            with torch.no_grad():
                self.weight.addmm_(self.lora_B, self.lora_A, alpha=-self.scaling)
        self.times_merged = 0
