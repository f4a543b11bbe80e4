"""For each query the weights of all its heads, in float64; the softmax by logsumexp."""

import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model")
        if num_heads % num_kv_heads:
            raise ValueError("num_heads")
        self.q_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        self.dims = (num_kv_heads, num_heads // num_kv_heads, d_model // num_heads)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.dims[2])
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.dims[2])

    def forward(self, x, mask=None):
        n, g, d = self.dims
        b, t, _ = x.shape
        q = self.q_proj(x).double().view(b, t, n, g, d)
        k = self.k_proj(x).double().view(b, t, n, 1, d)
        v = self.v_proj(x).double().view(b, t, n, 1, d)
        if mask is None:
            mask = torch.ones(t, t, dtype=torch.bool)
        mask = mask.expand(b, n * g, t, t).reshape(b, n, g, t, t)
        rows = []
        for i in range(t):
            scores = (q[:, i : i + 1] * k).sum(-1) / d**0.5  # [b, t, n, g]
            scores = scores.masked_fill(~mask[:, :, :, i].permute(0, 3, 1, 2), -torch.inf)
            weights = torch.exp(scores - torch.logsumexp(scores, dim=1, keepdim=True))
            rows.append((weights[..., None] * v).sum(1).reshape(b, n * g * d))
        return self.o_proj(torch.stack(rows, 1).to(x.dtype))
