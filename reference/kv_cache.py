"""Causal self-attention with a cache of keys and values.

    out_t = Concat over h of (sum over s <= t of softmax_s(q_t · k_s / sqrt(Dh)) v_s) W_O^T + b_O

Vaswani et al., "Attention Is All You Need" (2017), section 3.2, with the causal mask of section 3.2.3. What a later
token needs of an earlier one is only its key and its value, so these are kept and never computed again: decoding one
token costs O(S) instead of O(S^2) (Pope et al., "Efficiently Scaling Transformer Inference", 2022, section 2.1).

Where there is a choice:
- The cache is handed in and out. Nothing about a sequence stays on the module, so a prefix may be continued twice.
- New keys and values are concatenated into new tensors: the cache that was passed in is left as it was.
- The cache holds the projections unscaled, [B, H, S, Dh], oldest position first.
- Token t of a chunk that follows n cached positions stands at position n + t, and sees the positions up to there.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class CachedSelfAttention(nn.Module):
    """Causal multi-head self-attention that continues from a cache.

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

    def forward(self, x: Tensor, cache: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Attend from the chunk `x` [B, T, D] to the cached positions and itself; returns output and new cache."""
        q_BHTK = self.split_heads(self.q_proj(x))
        k_BHTK = self.split_heads(self.k_proj(x))
        v_BHTK = self.split_heads(self.v_proj(x))

        past_k, past_v = cache if cache is not None else (k_BHTK[:, :, :0], v_BHTK[:, :, :0])
        k_BHSK = torch.cat([past_k, k_BHTK], dim=2)
        v_BHSK = torch.cat([past_v, v_BHTK], dim=2)

        chunk, total = q_BHTK.shape[2], k_BHSK.shape[2]
        query_position_T = torch.arange(total - chunk, total, device=x.device)
        key_position_S = torch.arange(total, device=x.device)
        allowed_TS = key_position_S <= query_position_T[:, None]

        scores_BHTS = q_BHTK @ k_BHSK.transpose(-2, -1) / math.sqrt(self.head_width)
        scores_BHTS = scores_BHTS.masked_fill(~allowed_TS, -torch.inf)
        weights_BHTS = torch.softmax(scores_BHTS, dim=-1)

        heads_BHTK = weights_BHTS @ v_BHSK
        joined_BTD = heads_BHTK.transpose(1, 2).flatten(2)
        out_BTD: Tensor = self.o_proj(joined_BTD)
        return out_BTD, (k_BHSK, v_BHSK)

    def split_heads(self, features_BTD: Tensor) -> Tensor:
        """[B, T, D] to [B, H, T, K]: head h takes the h-th block of K neighbouring features."""
        batch, length, _ = features_BTD.shape
        features_BTHK = features_BTD.reshape(batch, length, self.num_heads, self.head_width)
        return features_BTHK.transpose(1, 2)
