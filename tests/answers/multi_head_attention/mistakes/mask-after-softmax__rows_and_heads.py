"""Row by row and head by head, the softmax is taken first and hidden keys are dropped from its result.

Lines: 32, 35
"""

import torch
import torch.nn as nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model % num_heads != 0")
        self.h = num_heads
        self.dh = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        rows = []
        for b in range(query.shape[0]):
            q = self.q_proj(query[b])
            k = self.k_proj(key[b])
            v = self.v_proj(value[b])
            heads = []
            for h in range(self.h):
                lo, hi = h * self.dh, (h + 1) * self.dh
                score = q[:, lo:hi] @ k[:, lo:hi].t() / self.dh**0.5
                prob = torch.softmax(score, dim=1)
                if mask is not None:
                    allowed = torch.broadcast_to(mask, (len(query), self.h, *score.shape))[b, h]
                    prob = prob * allowed.to(prob.dtype)
                heads.append(prob @ v[:, lo:hi])
            rows.append(self.o_proj(torch.cat(heads, dim=1)))
        return torch.stack(rows)
