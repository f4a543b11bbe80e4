"""merge() only sets a flag; the weight stays, and forward adds the update all the same.

Verdict: wrong_answer
"""

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank")
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features).to(base.weight.dtype))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank).to(base.weight.dtype))
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        z = x if self.merged else self.dropout(x)
        return self.base(x) + self.scale * (z @ self.lora_A.T @ self.lora_B.T)

    def merge(self):
        self.merged = True

    def unmerge(self):
        self.merged = False
