from torch import nn
import torch.nn.functional as F
import torch


class LoRALinear(nn.Module):
    # The delta that was added is what is taken away, so A and B may even change while merged.
    def __init__(self, base: nn.Linear, rank: int, alpha: float = 1.0, dropout: float = 0.0):
        super().__init__()
        if rank < 1:
            raise ValueError(f"rank must be >= 1 (got {rank})")
        self.base, self.rank, self.alpha, self.p = base, rank, alpha, dropout
        base.weight.requires_grad = False
        if base.bias is not None:
            base.bias.requires_grad = False
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features).to(base.weight.dtype) * 0.01)
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank).to(base.weight.dtype))
        self.added = None

    def forward(self, x):
        if self.added is not None:
            return self.base.forward(x)
        h = F.linear(F.dropout(x, self.p, self.training), self.lora_A)
        return torch.add(self.base(x), F.linear(h, self.lora_B), alpha=self.alpha / self.rank)

    @torch.no_grad()
    def merge(self):
        if self.added is None:
            self.added = self.alpha / self.rank * torch.mm(self.lora_B, self.lora_A)
            self.base.weight.copy_(self.base.weight + self.added)

    @torch.no_grad()
    def unmerge(self):
        if self.added is not None:
            self.base.weight.copy_(self.base.weight - self.added)
            self.added = None
