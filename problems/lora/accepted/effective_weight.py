"""Without dropout the update is added to the weight on the fly, so that there is only one product with x."""

import torch
from torch import nn
from torch.nn.functional import dropout as drop
from torch.nn.functional import linear


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        if not rank >= 1:
            raise ValueError("a rank is at least 1")
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(base.weight.new_empty((rank, base.in_features)).uniform_(-1, 1))
        self.lora_B = nn.Parameter(base.weight.new_zeros((base.out_features, rank)))
        self.factor = alpha / rank
        self.rate = dropout
        self.register_buffer("merged", torch.tensor(False), persistent=False)

    @property
    def update(self):
        return self.factor * torch.mm(self.lora_B, self.lora_A)

    def forward(self, x):
        if self.merged:
            return self.base(x)
        if self.training and self.rate > 0:
            return self.base(x) + linear(drop(x, self.rate, True), self.update)
        return linear(x, self.base.weight + self.update, self.base.bias)

    def merge(self):
        if not self.merged:
            self.base.weight.data = self.base.weight.data + self.update.data
            self.merged.fill_(True)

    def unmerge(self):
        if self.merged:
            self.base.weight.data = self.base.weight.data - self.update.data
            self.merged.fill_(False)
