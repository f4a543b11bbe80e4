import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank, alpha=1.0, dropout=0.0):
        super().__init__()
        if rank < 1:
            raise ValueError("need rank >= 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.n_in, self.n_out = base.in_features, base.out_features
        A = torch.empty(rank, self.n_in, dtype=base.weight.dtype)
        nn.init.normal_(A, std=1 / rank)
        self.register_parameter("lora_A", nn.Parameter(A))
        self.register_parameter("lora_B", nn.Parameter(torch.zeros(self.n_out, rank, dtype=base.weight.dtype)))
        self.s = alpha / rank
        self.p = dropout
        self.state = "apart"

    def forward(self, x):
        shape = x.shape[:-1]
        rows = x.reshape(-1, self.n_in)
        out = rows @ self.base.weight.t()
        if self.base.bias is not None:
            out = out + self.base.bias
        if self.state == "apart":
            if self.training and self.p:
                keep = torch.rand(rows.shape, dtype=rows.dtype, device=rows.device) >= self.p
                rows = torch.where(keep, rows / (1 - self.p), torch.zeros_like(rows))
            out = out + (rows @ (self.s * self.lora_A).t()) @ self.lora_B.t()
        return out.reshape(*shape, self.n_out)

    def merge(self):
        if self.state == "apart":
            new = self.base.weight + (self.s * self.lora_B) @ self.lora_A
            self.base.weight = nn.Parameter(new.detach(), requires_grad=False)
            self.state = "merged"

    def unmerge(self):
        if self.state == "merged":
            new = self.base.weight - (self.s * self.lora_B) @ self.lora_A
            self.base.weight = nn.Parameter(new.detach(), requires_grad=False)
            self.state = "apart"
