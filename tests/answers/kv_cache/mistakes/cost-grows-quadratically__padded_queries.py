"""The queries are padded to the length of the keys, so that scores are made for every cached position, too."""

import torch
import torch.nn as nn
import torch.nn.functional as F


def causal_attention(q, k, v):
    """Ordinary causal attention of equally many queries and keys."""
    n = q.size(-2)
    scores = q.matmul(k.transpose(-2, -1)) / q.size(-1) ** 0.5
    future = torch.ones(n, n, dtype=torch.bool, device=q.device).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(dim=-1).matmul(v)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model={d_model}, num_heads={num_heads}")
        self.nh = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def shape(self, t):
        return t.view(t.size(0), t.size(1), self.nh, -1).transpose(1, 2)

    def forward(self, x, cache=None):
        T = x.size(1)
        q, k, v = self.shape(self.q_proj(x)), self.shape(self.k_proj(x)), self.shape(self.v_proj(x))
        if cache is not None:
            q = F.pad(q, (0, 0, cache[0].size(2), 0))
            k = torch.cat((cache[0], k), dim=2)
            v = torch.cat((cache[1], v), dim=2)
        y = causal_attention(q, k, v)[:, :, -T:]
        y = y.transpose(1, 2).flatten(2)
        return self.o_proj(y), (k, v)
