"""The function that makes the mask counts the queries from 0, cached positions or not.

Lines: 16, 14
"""

import math

import torch
from torch import Tensor, nn


def causal_mask(queries: int, keys: int) -> Tensor:
    """[queries, keys], True where a query may look."""
    row = torch.arange(queries).view(-1, 1)
    column = torch.arange(keys).view(1, -1)
    return column <= row


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def to_heads(self, t: Tensor) -> Tensor:
        return torch.stack(t.split(self.head_dim, dim=-1), dim=1)

    def forward(self, x, cache=None):
        q = self.to_heads(self.q_proj(x))
        k = self.to_heads(self.k_proj(x))
        v = self.to_heads(self.v_proj(x))
        if cache is not None:
            past_k, past_v = cache
            k = torch.cat([past_k, k], dim=2)
            v = torch.cat([past_v, v], dim=2)
        mask = causal_mask(q.shape[2], k.shape[2]).to(x.device)
        scores = torch.where(mask, q @ k.transpose(2, 3) / math.sqrt(self.head_dim), -math.inf)
        out = torch.softmax(scores, dim=-1) @ v
        return self.o_proj(torch.cat(out.unbind(dim=1), dim=-1)), (k, v)
