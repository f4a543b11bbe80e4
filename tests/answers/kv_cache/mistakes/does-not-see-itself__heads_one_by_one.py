"""Hidden is what comes at the token's own position or later.

Lines: 32
"""

import math

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        width = d_model // num_heads
        if width * num_heads != d_model:
            raise ValueError("the heads can't share the features evenly")
        self.num_heads, self.width = num_heads, width
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        queries = self.q_proj(x)
        keys = self.k_proj(x)
        values = self.v_proj(x)
        first = 0 if cache is None else cache[0].shape[2]
        last = first + x.shape[1]
        query_index = torch.arange(first, last, device=x.device)
        key_index = torch.arange(last, device=x.device)
        hidden = torch.ge(key_index.unsqueeze(0), query_index.unsqueeze(1))

        ks, vs, results = [], [], []
        for head in range(self.num_heads):
            own = slice(head * self.width, (head + 1) * self.width)
            q, k, v = queries[..., own], keys[..., own], values[..., own]
            if cache is not None:
                k = torch.cat((cache[0][:, head], k), dim=1)
                v = torch.cat((cache[1][:, head], v), dim=1)
            s = torch.bmm(q, k.mT) / math.sqrt(self.width)
            w = torch.softmax(s.masked_fill(hidden, -math.inf), dim=2)
            results.append(torch.bmm(w, v))
            ks.append(k)
            vs.append(v)
        out = self.o_proj(torch.cat(results, dim=2))
        return out, (torch.stack(ks, dim=1), torch.stack(vs, dim=1))
