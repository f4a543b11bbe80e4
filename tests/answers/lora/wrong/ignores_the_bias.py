"""The bias of the base is left out.

Verdict: wrong_answer
Lines: 30
"""

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
        for parameter in self.base.parameters():
            parameter.requires_grad = False
        self.lora_A = nn.Parameter(torch.empty(rank, base.in_features, dtype=base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(5))
        self.scale = alpha / rank
        self.p = dropout
        self.merged = False

    def forward(self, x):
        y = F.linear(x, self.base.weight)
        if self.merged:
            return y
        dropped = F.dropout(x, self.p, self.training)
        return y + self.scale * F.linear(F.linear(dropped, self.lora_A), self.lora_B)

    def merge(self):
        if not self.merged:
            with torch.no_grad():
                self.base.weight += self.scale * (self.lora_B @ self.lora_A)
            self.merged = True

    def unmerge(self):
        if self.merged:
            with torch.no_grad():
                self.base.weight -= self.scale * (self.lora_B @ self.lora_A)
            self.merged = False
