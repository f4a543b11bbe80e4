"""Old and new keys get names of their own, and the tuple is made of the new ones.

Lines: 45
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Cache(NamedTuple):
    k: Tensor
    v: Tensor


class CachedSelfAttention(nn.Module):
    """Heads are folded into the batch for the products."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        self.h = num_heads
        self.dh, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError(f"{d_model} features for {num_heads} heads")
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))

    def heads(self, t):
        return t.unflatten(-1, (self.h, self.dh)).permute(0, 2, 1, 3)

    def forward(self, x, cache=None):
        B, T, _ = x.shape
        q, new_k, new_v = self.heads(self.q_proj(x)), self.heads(self.k_proj(x)), self.heads(self.v_proj(x))
        if cache is None:
            all_k, all_v = new_k, new_v
        else:
            all_k, all_v = torch.cat((cache[0], new_k), dim=2), torch.cat((cache[1], new_v), dim=2)
        S = all_k.shape[2]
        scores = torch.bmm(q.flatten(0, 1), all_k.flatten(0, 1).transpose(1, 2)) * self.dh**-0.5
        future = torch.arange(S)[None, :] > torch.arange(S - T, S)[:, None]
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        y = torch.bmm(weights, all_v.flatten(0, 1)).unflatten(0, (B, self.h))
        y = y.permute(0, 2, 1, 3).flatten(2)
        return self.o_proj(y), Cache(new_k, new_v)
