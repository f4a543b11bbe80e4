"""Grouped-query self-attention: several query heads share the keys and values of one head.

    head_h = softmax(Q_h K_j^T / sqrt(K)) V_j,   j = h // (H / J)
    out = Concat(head_0, ..., head_H-1) W_O^T + b_O

for H query heads and J key-value heads. Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from
Multi-Head Checkpoints" (2023), section 2.2. J = H is multi-head attention, J = 1 the multi-query attention of Shazeer,
"Fast Transformer Decoding: One Write-Head is All You Need" (2019). What is saved is the cache: J / H of the numbers.

Decisions:
- Neighbouring query heads share: the first H / J of them attend to key-value head 0, the next ones to head 1.
- Keys and values are projected to J heads of width K = D / H, and repeated for the heads that share them.
- All four projections have a bias. The mask is boolean, True where a query may attend, and has heads of queries.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class GroupedQueryAttention(nn.Module):
    """Self-attention of [B, T, D] with fewer heads for keys and values than for queries.

    Raises:
        ValueError: the width can't be divided among the heads, or the heads among the key-value heads.
    """

    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model ({d_model}) must be divisible by num_heads ({num_heads})")
        if num_heads % num_kv_heads != 0:
            raise ValueError(f"num_heads ({num_heads}) must be divisible by num_kv_heads ({num_kv_heads})")
        self.head_width = d_model // num_heads
        self.sharing = num_heads // num_kv_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.head_width)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.head_width)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attend within `x` [B, T, D]; `mask` is [T, T] or fits [B, H, T, T]."""
        q_BHTK = self.split_heads(self.q_proj(x))
        k_BJTK = self.split_heads(self.k_proj(x))
        v_BJTK = self.split_heads(self.v_proj(x))
        k_BHTK = k_BJTK.repeat_interleave(self.sharing, dim=1)
        v_BHTK = v_BJTK.repeat_interleave(self.sharing, dim=1)

        scores_BHTT = q_BHTK @ k_BHTK.transpose(-2, -1) / math.sqrt(self.head_width)
        if mask is not None:
            scores_BHTT = scores_BHTT.masked_fill(~mask, -torch.inf)
        weights_BHTT = torch.softmax(scores_BHTT, dim=-1)

        heads_BHTK = weights_BHTT @ v_BHTK
        joined_BTD = heads_BHTK.transpose(1, 2).flatten(2)
        out_BTD: Tensor = self.o_proj(joined_BTD)
        return out_BTD

    def split_heads(self, features: Tensor) -> Tensor:
        """Cut the last dimension into heads of width K, which then stand before the positions: [B, T, H K] to [B, H, T, K]."""
        batch, length, _ = features.shape
        return features.reshape(batch, length, -1, self.head_width).transpose(1, 2)
