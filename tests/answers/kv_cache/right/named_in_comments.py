"""Names what it may not use, has a function of that name, and uses the library only when run as a program."""

import torch
import torch.nn.functional as F
from torch import nn


def scaled_dot_product_attention(q, k, v, hidden):
    """Not F.scaled_dot_product_attention: written out."""
    scores = q @ k.mT / q.shape[-1] ** 0.5
    return scores.masked_fill(hidden, -torch.inf).softmax(-1) @ v


class CachedSelfAttention(nn.Module):
    """Like nn.MultiheadAttention, but with a cache."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        # torch.ops.aten.scaled_dot_product_attention would be faster
        q, k, v = (
            F.linear(x, layer.weight, layer.bias).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = (torch.cat(pair, dim=2) for pair in zip(cache, (k, v)))
        hidden = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).triu(k.shape[2] - q.shape[2] + 1)
        out = scaled_dot_product_attention(q, k, v, hidden)
        return self.o_proj(out.transpose(1, 2).flatten(2)), (k, v)


if __name__ == "__main__":
    x = torch.randn(1, 2, 5, 4)
    hidden = torch.ones(5, 5, dtype=torch.bool).triu(1)
    print(F.scaled_dot_product_attention(x, x, x, is_causal=True) - scaled_dot_product_attention(x, x, x, hidden))
