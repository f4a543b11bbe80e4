"""A loop over heads; GELU by the normal distribution of torch.distributions; the sums at the end."""

import math

import torch
import torch.nn as nn
from torch.distributions import Normal


class TransformerBlock(nn.Module):
    def __init__(self, d_model: int, num_heads: int, d_ff: int):
        super(TransformerBlock, self).__init__()
        self.d_k, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError("d_model is not divisible by num_heads")
        make = lambda: nn.Linear(d_model, d_model)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = make(), make(), make(), make()
        self.norm1, self.norm2 = nn.LayerNorm(d_model, eps=1e-05), nn.LayerNorm(d_model)
        self.up_proj, self.down_proj = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def forward(self, x):
        normed = self.norm1(x)
        causal = torch.ones(x.shape[1], x.shape[1]).tril().bool()
        heads = []
        for q, k, v in zip(
            self.q_proj(normed).split(self.d_k, -1),
            self.k_proj(normed).split(self.d_k, -1),
            self.v_proj(normed).split(self.d_k, -1),
        ):
            score = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(self.d_k)
            score = score.masked_fill(~causal, -1e30 if score.dtype == torch.float32 else -1e300)
            heads.append(torch.softmax(score, -1) @ v)
        attention = self.o_proj(torch.cat(heads, -1))
        inner = self.up_proj(self.norm2(x + attention))
        standard = Normal(torch.zeros((), dtype=x.dtype), torch.ones((), dtype=x.dtype), validate_args=False)
        mlp = self.down_proj(inner * standard.cdf(inner))
        return x + attention + mlp
