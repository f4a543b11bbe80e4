"""The weight is put back as a frozen Parameter, and the bias stays as it came.

Lines: 17
"""

import torch
import torch.nn.functional as F
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("need rank >= 1")
        self.base = base
        self.base.weight = nn.Parameter(base.weight.detach(), requires_grad=False)
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features).type_as(base.weight) * 0.01)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank).type_as(base.weight))
        self.s = alpha / rank
        self.p = dropout
        self.on = False

    def forward(self, x):
        W, b = self.base.weight, self.base.bias
        if self.on:
            return F.linear(x, W, b)
        xd = F.dropout(x, p=self.p, training=self.training)
        return F.linear(x, W, b) + self.s * F.linear(xd @ self.lora_A.mT, self.lora_B)

    @torch.no_grad()
    def merge(self):
        if not self.on:
            self.base.weight += self.s * self.lora_B @ self.lora_A
            self.on = True

    @torch.no_grad()
    def unmerge(self):
        if self.on:
            self.base.weight -= self.s * self.lora_B @ self.lora_A
            self.on = False
