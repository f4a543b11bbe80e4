"""It does to its process what it likes: the judge's inputs have their own dtype."""

import warnings

import torch
from torch import nn

warnings.simplefilter("error")
torch.set_default_dtype(torch.float64)
torch.manual_seed(7)
print("loaded with", torch.get_default_dtype())


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0) -> None:
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be >= 1")
        self.base = base
        self.base.weight.requires_grad_(False)
        if self.base.bias is not None:
            self.base.bias.requires_grad_(False)
        dtype = base.weight.dtype
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features, dtype=dtype) * 0.1)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=dtype))
        self.scale = alpha / rank
        self.dropout = nn.Dropout(dropout)
        self.merged = False

    def forward(self, x):
        print("forward", tuple(x.shape), "merged" if self.merged else "not merged")
        y = self.base(x)
        if not self.merged:
            y = y + self.scale * nn.functional.linear(self.dropout(x), self.lora_B @ self.lora_A)
        return y

    def merge(self):
        if not self.merged:
            with torch.no_grad():
                self.base.weight += self.scale * self.lora_B @ self.lora_A
            self.merged = True

    def unmerge(self):
        if self.merged:
            with torch.no_grad():
                self.base.weight -= self.scale * self.lora_B @ self.lora_A
            self.merged = False
