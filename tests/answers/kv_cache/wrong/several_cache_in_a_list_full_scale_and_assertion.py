"""The cache comes back as a list, the scores are divided by the root of the whole width,
and a width that does not divide fails an assertion in place of ValueError.

Verdict: wrong_shape | wrong_answer
Lines: 19, 34, 39
Mistakes: 3
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        assert d_model % num_heads == 0, "d_model must be divisible by num_heads"
        self.d_model, self.h = d_model, num_heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def forward(self, x, cache=None):
        b, t, d = x.shape
        q, k, v = (
            layer(x).reshape(b, t, self.h, d // self.h).permute(0, 2, 1, 3)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = (torch.cat(pair, dim=-2) for pair in zip(cache, (k, v)))
        total = k.size(-2)
        scores = torch.einsum("bhtd,bhsd->bhts", q, k)
        scores = scores / math.sqrt(d)
        query_at = torch.arange(total - t, total, device=x.device)
        key_at = torch.arange(total, device=x.device)
        scores = torch.where(key_at <= query_at[:, None], scores, -torch.inf)
        heads = torch.einsum("bhts,bhsd->bthd", F.softmax(scores, dim=-1), v)
        return self.o_proj(heads.flatten(2)), [k, v]
