"""The softmax is taken in float32, also of float64 scores.

Verdict: wrong_answer
Lines: 46
"""

import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(width))
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
        return torch.addcmul(self.bias, (x - mean) / (var + 1e-5).sqrt(), self.weight)


class Dense(nn.Linear):
    def forward(self, x):
        return torch.tensordot(x, self.weight, dims=([-1], [1])) + self.bias


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads")
        self.heads = num_heads
        self.norm1, self.norm2 = Norm(d_model), Norm(d_model)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (Dense(d_model, d_model) for _ in range(4))
        self.up_proj, self.down_proj = Dense(d_model, d_ff), Dense(d_ff, d_model)
        self.attention = nn.ModuleDict({"query": self.q_proj, "key": self.k_proj, "value": self.v_proj})

    def attend(self, z):
        layers = self.attention.values()
        weight, bias = torch.cat([each.weight for each in layers]), torch.cat([each.bias for each in layers])
        q, k, v = (z @ weight.T + bias).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        later = torch.arange(z.shape[1])[None, :] > torch.arange(z.shape[1])[:, None]
        scores = torch.baddbmm(
            q.new_zeros(1), q.flatten(0, 1), k.flatten(0, 1).mT, beta=0, alpha=q.shape[-1] ** -0.5
        ).masked_fill(later, float("-inf"))
        mixed = torch.softmax(scores, -1, dtype=torch.float32).to(scores.dtype).unflatten(0, (len(z), -1)) @ v
        return self.o_proj(mixed.transpose(1, 2).flatten(2))

    def feed(self, z):
        z = self.up_proj(z)
        return self.down_proj(0.5 * z * torch.erfc(-z / 2**0.5))

    def forward(self, x):
        for norm, part in ((self.norm1, self.attend), (self.norm2, self.feed)):
            x = x + part(norm(x))
        return x
