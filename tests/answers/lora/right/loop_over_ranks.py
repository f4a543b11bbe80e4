import torch
from torch import nn


class LoRALinear(nn.Module):
    """The update as a sum of outer products, one a rank."""

    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if isinstance(rank, bool) or rank < 1:
            raise ValueError("rank")
        self.base = base
        base.requires_grad_(False)
        self.rank = rank
        self.coefficient = alpha / rank
        self.lora_A = nn.Parameter(torch.stack([torch.randn(base.in_features) for _ in range(rank)]).to(base.weight))
        self.lora_B = nn.Parameter(torch.zeros((base.out_features, rank)).to(base.weight))
        self.dropout = nn.AlphaDropout(0.0) if not dropout else nn.Dropout(dropout, inplace=False)
        self.merged = False

    def forward(self, x):
        y = self.base(x)
        if not self.merged:
            x = self.dropout(x)
            for r in range(self.rank):
                along = (x * self.lora_A[r]).sum(-1, keepdim=True)
                y = y + self.coefficient * along * self.lora_B[:, r]
        return y

    @torch.no_grad()
    def delta(self):
        return sum(torch.outer(self.lora_B[:, r], self.lora_A[r]) for r in range(self.rank)) * self.coefficient

    @torch.no_grad()
    def merge(self):
        if not self.merged:
            self.base.weight.add_(self.delta())
            self.merged = True

    @torch.no_grad()
    def unmerge(self):
        if self.merged:
            self.base.weight.sub_(self.delta())
            self.merged = False
