"""For each query the keys that it may not see get the score -10_000.

Lines: 36, 9
"""

import torch
import torch.nn as nn

HIDDEN = -10_000.0


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model {d_model}, num_heads {num_heads}")
        self.num_heads = num_heads
        self.width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def heads(self, x):
        return x.reshape(*x.shape[:-1], self.num_heads, self.width).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q = self.heads(self.q_proj(query))
        k = self.heads(self.k_proj(key))
        v = self.heads(self.v_proj(value))
        rows = []
        for t in range(query.shape[1]):
            dots = (q[:, :, t, None] * k).sum(dim=-1) / self.width**0.5
            if mask is not None:
                seen = mask[..., t if mask.shape[-2] > 1 else 0, :]
                dots = torch.where(seen, dots, HIDDEN)
            weights = torch.softmax(dots, dim=-1)
            rows.append((weights[..., None] * v).sum(dim=2).flatten(1))
        return self.o_proj(torch.stack(rows, dim=1))
