"""forward is one sum of both paths, merged or not.

Lines: 21
"""

from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        if rank < 1:
            raise ValueError(f"a rank of {rank} makes no sense")
        super().__init__()
        n_out, n_in = base.weight.shape
        self.base = base.requires_grad_(False)
        self.lora_A = nn.Parameter(base.weight.detach().new_empty(rank, n_in).normal_(0, n_in**-0.5))
        self.lora_B = nn.Parameter(base.weight.detach().new_zeros(n_out, rank))
        self.scale, self.dropout, self.merged = alpha / rank, nn.Dropout(dropout), False

    def forward(self, x):
        return self.base(x) + self.scale * (self.dropout(x) @ self.lora_A.T @ self.lora_B.T)

    def _set(self, merged):
        if merged == self.merged:
            return
        delta = self.scale * (self.lora_B.detach() @ self.lora_A.detach())
        new = self.base.weight + delta if merged else self.base.weight - delta
        self.base.weight = nn.Parameter(new, requires_grad=False)
        self.merged = merged

    def merge(self):
        self._set(True)

    def unmerge(self):
        self._set(False)
