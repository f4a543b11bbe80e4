import torch
import torch.nn as nn


class LoRALinear(nn.Module):
    """Buffers: the scale as a float64 tensor would lose nothing, but a plain number does as well."""

    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be a positive integer")
        self.base = base
        self.base.requires_grad_(False)
        self.lora_A = nn.Parameter(torch.rand(rank, base.in_features, dtype=base.weight.dtype) - 0.5)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank, dtype=base.weight.dtype))
        self.alpha = alpha
        self.rank = rank
        self.dropout = nn.Dropout(dropout)
        self.register_buffer("pristine", None, persistent=False)
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))

    def forward(self, x):
        result = self.base(x)
        if self.pristine is None:
            update = self.dropout(x) @ self.lora_A.transpose(0, 1) @ self.lora_B.transpose(0, 1)
            result = result + update * self.alpha / self.rank
        return result

    def merge(self):
        if self.pristine is not None:
            return
        self.pristine = self.base.weight.detach().clone()
        delta = self.lora_B.detach().mm(self.lora_A.detach()).mul(self.alpha).div(self.rank)
        with torch.no_grad():
            self.base.weight.add_(delta)

    def unmerge(self):
        if self.pristine is None:
            return
        with torch.no_grad():
            self.base.weight.copy_(self.pristine)
        self.pristine = None
