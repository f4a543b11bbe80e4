"""Queries and keys are both divided by the fourth root of d_model.

Lines: 21, 22, 16
"""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("the width of the model is no multiple of the number of heads")
        self.num_heads = num_heads
        self.root = d_model**0.25
        for which in "qkvo":
            self.add_module(f"{which}_proj", nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        q = self.q_proj(query) / self.root
        k = self.k_proj(key) / self.root
        v = self.v_proj(value)

        context = []
        for h, (q_h, k_h, v_h) in enumerate(zip(*(t.chunk(self.num_heads, dim=2) for t in (q, k, v)))):
            logits = torch.einsum("bid,bjd->bij", q_h, k_h)
            if mask is not None:
                m = mask if mask.dim() == 2 else mask[:, h if mask.size(1) > 1 else 0]
                logits = torch.where(m, logits, -torch.inf)
            context.append(torch.einsum("bij,bjd->bid", logits.softmax(dim=2), v_h))
        return self.o_proj(torch.cat(context, dim=2))
