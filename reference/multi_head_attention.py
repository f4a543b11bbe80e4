"""Multi-head attention.

    Attention(Q, K, V) = softmax(Q K^T / sqrt(Dh)) V
    MultiHead(query, key, value) = Concat(head_1, ..., head_H) W_O^T + b_O
    head_h = Attention(query W_Q,h^T + b_Q,h, key W_K,h^T + b_K,h, value W_V,h^T + b_V,h)

Vaswani et al., "Attention Is All You Need" (2017), section 3.2.

Where the paper leaves a choice:
- All four projections have a bias, as in the released code and in torch.
- Head h owns the neighbouring features h * Dh to (h + 1) * Dh - 1 of each projection, not every H-th feature.
- The mask is boolean and True means "may attend". A masked score becomes -inf before the softmax, so that the key has
  a weight of exactly zero, however large the other scores are.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Multi-head attention of [B, Tq, D] over [B, Tk, D].

    Raises:
        ValueError: the model width can't be divided among the heads.
    """

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model ({d_model}) must be divisible by num_heads ({num_heads})")
        self.num_heads = num_heads
        self.head_width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend from `query` [B, T, D] to `key` and `value` [B, S, D]; `mask` is [T, S] or fits [B, H, T, S]."""
        q_BHTK = self.split_heads(self.q_proj(query))
        k_BHSK = self.split_heads(self.k_proj(key))
        v_BHSK = self.split_heads(self.v_proj(value))

        scores_BHTS = q_BHTK @ k_BHSK.transpose(-2, -1) / math.sqrt(self.head_width)
        if mask is not None:
            scores_BHTS = scores_BHTS.masked_fill(~mask, -torch.inf)
        weights_BHTS = torch.softmax(scores_BHTS, dim=-1)

        heads_BHTK = weights_BHTS @ v_BHSK
        joined_BTD = heads_BHTK.transpose(1, 2).flatten(2)
        out_BTD: Tensor = self.o_proj(joined_BTD)
        return out_BTD

    def split_heads(self, features_BTD: Tensor) -> Tensor:
        """[B, T, D] to [B, H, T, K]: head h takes the h-th block of K neighbouring features."""
        batch, length, _ = features_BTD.shape
        features_BTHK = features_BTD.reshape(batch, length, self.num_heads, self.head_width)
        return features_BTHK.transpose(1, 2)
