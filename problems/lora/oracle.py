"""The update as one dense matrix, and sums column by column: an answer by other means, with which the reference is compared."""

import torch
from torch import nn
from torch.nn.functional import dropout


class LoRALinear(nn.Module):
    """Every output is a weighted sum of columns; the weight that the base had is kept while it is merged."""

    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("rank must be at least 1")
        self.base = base
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.lora_A = nn.Parameter(torch.randn(rank, base.in_features).to(base.weight))
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, rank).to(base.weight))
        self.ratio = alpha / rank
        self.share_dropped = dropout
        self.before = None

    def update(self):
        """The sum of the ranks' outer products, scaled."""
        return (
            sum(torch.outer(b, a) for b, a in zip(self.lora_B.unbind(1), self.lora_A.unbind(0), strict=True))
            * self.ratio
        )

    def forward(self, x):
        """The base's columns, then the update's."""
        result = (x[..., None, :] * self.base.weight).sum(-1)
        if self.base.bias is not None:
            result = result + self.base.bias
        if self.before is not None:
            return result
        seen = dropout(x, self.share_dropped, self.training)
        return result + (seen[..., None, :] * self.update()).sum(-1)

    def merge(self):
        """The sum takes the weight's place."""
        if self.before is None:
            self.before = self.base.weight
            self.base.weight = nn.Parameter(self.before.data + self.update().data, requires_grad=False)

    def unmerge(self):
        """The weight takes its place again."""
        if self.before is not None:
            self.base.weight = nn.Parameter(self.base.weight.data - self.update().data, requires_grad=False)
            self.before = None
