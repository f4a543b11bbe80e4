"""The scores have the keys first, and those of hidden keys become 0.

Lines: 29
"""

from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads does not divide d_model")
        self.num_heads, self.size = num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def columns(self, x):
        """[B, T, D] -> [B, H, Dh, T]"""
        return x.mT.unflatten(1, (self.num_heads, self.size))

    def forward(self, query, key, value, mask=None):
        q, k, v = self.columns(self.q_proj(query)), self.columns(self.k_proj(key)), self.columns(self.v_proj(value))
        scores = k.mT @ q / self.size**0.5  # a column for each query
        if mask is not None:
            hidden = ~mask.mT
            scores = scores.masked_fill(hidden, 0)
        weights = scores.softmax(dim=-2)
        out = v @ weights
        return self.o_proj(out.flatten(1, 2).mT)
