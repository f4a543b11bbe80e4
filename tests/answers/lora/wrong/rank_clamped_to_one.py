"""A rank that is too small is silently taken for 1.

Verdict: wrong_answer
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        rank = max(rank, 1)
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(base.weight.new_empty(rank, base.in_features))
        self.lora_B = nn.Parameter(base.weight.new_empty(base.out_features, rank))
        self.reset_parameters()
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.kept = None

    def reset_parameters(self):
        nn.init.normal_(self.lora_A)
        nn.init.zeros_(self.lora_B)

    def forward(self, x):
        out = self.base(x)
        if self.kept is None:
            out = out + self.scale * (self.dropout(x) @ self.lora_A.T @ self.lora_B.T)
        return out

    def merge(self):
        if self.kept is None:
            self.kept = self.base.weight
            with torch.no_grad():
                merged = self.kept + self.scale * (self.lora_B @ self.lora_A)
            self.base.weight = nn.Parameter(merged, requires_grad=False)

    def unmerge(self):
        if self.kept is not None:
            self.base.weight, self.kept = self.kept, None
