"""Everything by F.linear; the weight is changed in place."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be positive")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        out_features, in_features = base.weight.shape
        self.lora_A = nn.Parameter(torch.empty(rank, in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(out_features, rank, dtype=base.weight.dtype))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.alpha, self.rank, self.p = alpha, rank, dropout
        self._merged = False

    def forward(self, x):
        out = F.linear(x, self.base.weight, self.base.bias)
        if not self._merged:
            dropped = F.dropout(x, p=self.p, training=self.training)
            out = out + F.linear(F.linear(dropped, self.lora_A), self.lora_B) * (self.alpha / self.rank)
        return out

    def _delta(self):
        return (self.lora_B @ self.lora_A) * (self.alpha / self.rank)

    def merge(self):
        if self._merged:
            return
        self._merged = True
        with torch.no_grad():
            self.base.weight.add_(self._delta())

    def unmerge(self):
        if not self._merged:
            return
        self._merged = False
        with torch.no_grad():
            self.base.weight.sub_(self._delta())
