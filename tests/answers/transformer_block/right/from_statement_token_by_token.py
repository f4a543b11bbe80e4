"""One token after the other, with lists of the keys and values so far, as one decodes with a cache.

Verdict: accepted
"""

import torch
import torch.nn as nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff):
        if d_model % num_heads != 0:
            raise ValueError("d_model must be divisible by num_heads")
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        for name in "q_proj k_proj v_proj o_proj".split():
            setattr(self, name, nn.Linear(d_model, d_model))
        self.up_proj = nn.Linear(d_model, d_ff)
        self.down_proj = nn.Linear(d_ff, d_model)
        self.act = nn.GELU()
        self.n = num_heads

    def forward(self, x):
        keys, values, ys = [], [], []
        for token in x.unbind(dim=1):
            z = self.norm1(token)
            q = self.q_proj(z).view(len(z), self.n, -1)
            keys.append(self.k_proj(z).view_as(q))
            values.append(self.v_proj(z).view_as(q))
            scores = torch.stack([(q * key).sum(-1) for key in keys]) / q.size(-1) ** 0.5
            weights = scores.softmax(dim=0)
            out = sum(w[..., None] * value for w, value in zip(weights, values))
            h = token + self.o_proj(out.reshape(len(z), -1))
            ys.append(h + self.down_proj(self.act(self.up_proj(self.norm2(h)))))
        return torch.stack(ys, dim=1)
