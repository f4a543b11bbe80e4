"""Right: the causal mask is made when it is first needed, and kept on the module while it is large enough.

Verdict: accepted
"""

import torch
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads in a width of {d_model}")
        super().__init__()
        for name, into in (("q_proj", d_model), ("k_proj", d_model), ("v_proj", d_model), ("o_proj", d_model)):
            self.add_module(name, nn.Linear(d_model, into))
        self.up_proj, self.down_proj = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.heads = num_heads
        self.later = None

    def hidden(self, length, like):
        if self.later is None or self.later.shape[0] < length:
            self.later = torch.full((length, length), float("-inf"), dtype=like.dtype).triu(1)
        return self.later[:length, :length]

    def attention(self, x):
        q, k, v = (
            layer(x).unflatten(-1, (self.heads, -1)).movedim(-2, 1)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) / q.shape[-1] ** 0.5 + self.hidden(x.shape[1], x)
        return self.o_proj(torch.einsum("bhqk,bhkd->bqhd", scores.softmax(-1), v).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.down_proj(nn.functional.gelu(self.up_proj(self.norm2(x))))
