"""Lists and loops over rows, heads and queries."""

import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model is no multiple of num_heads")
        self.d, self.h = d_model, num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query, key, value, mask=None):
        w = self.d // self.h
        q, k, v = self.q_proj(query), self.k_proj(key), self.v_proj(value)
        full = None
        if mask is not None:
            full = mask.expand(len(query), self.h, query.shape[1], key.shape[1])
        rows = []
        for b in range(len(query)):
            columns = []
            for h in range(self.h):
                at = range(h * w, h * w + w)
                answers = []
                for i in range(query.shape[1]):
                    seen = list(range(key.shape[1])) if full is None else full[b, h, i].nonzero().flatten().tolist()
                    scores = [(q[b, i, at] * k[b, j, at]).sum() / math.sqrt(w) for j in seen]
                    weights = torch.stack(scores).softmax(0)
                    answers.append(sum(p * v[b, j, at] for p, j in zip(weights, seen)))
                columns.append(torch.stack(answers))
            rows.append(torch.cat(columns, dim=1))
        return self.o_proj(torch.stack(rows))
