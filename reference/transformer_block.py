"""A pre-norm decoder block: causal self-attention and an MLP, each behind a normalization and beside a residual.

    h = x + Attention(LayerNorm_1(x))
    y = h + MLP(LayerNorm_2(h)),   MLP(z) = W_down GELU(W_up z + b_up) + b_down

Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), section 2.3, which moved the normalization to
the input of each part; Xiong et al., "On Layer Normalization in the Transformer Architecture" (2020), say why it trains.
Attention as in Vaswani et al. (2017), section 3.2; GELU from Hendrycks and Gimpel (2016): x times the normal
distribution function of x.

Decisions:
- The residual carries x itself, not what was normalized, and nothing is normalized after the block.
- GELU is the exact one, by the error function; GPT-2's code approximates it by tanh.
- All projections have a bias. Head h owns the neighbouring features h K to (h + 1) K - 1.
- There are no positions and no dropout: the block before and the training loop have them.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


class TransformerBlock(nn.Module):
    """One block of a decoder, on [B, T, D].

    Raises:
        ValueError: the model width can't be divided among the heads.
    """

    def __init__(self, d_model: int, num_heads: int, d_ff: int) -> None:
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError(f"d_model ({d_model}) must be divisible by num_heads ({num_heads})")
        self.head_width = d_model // num_heads
        self.norm1 = nn.LayerNorm(d_model)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.up_proj = nn.Linear(d_model, d_ff)
        self.down_proj = nn.Linear(d_ff, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """Add to each token of `x` [B, T, D] what it learns from the tokens up to it, then what the MLP makes of that."""
        h_BTD = x + self.attend(self.norm1(x))
        y_BTD: Tensor = h_BTD + self.feed_forward(self.norm2(h_BTD))
        return y_BTD

    def attend(self, x_BTD: Tensor) -> Tensor:
        """Causal multi-head self-attention."""
        q_BHTK = self.split_heads(self.q_proj(x_BTD))
        k_BHTK = self.split_heads(self.k_proj(x_BTD))
        v_BHTK = self.split_heads(self.v_proj(x_BTD))

        scores_BHTT = q_BHTK @ k_BHTK.transpose(-2, -1) / math.sqrt(self.head_width)
        length = x_BTD.shape[1]
        allowed_TT = torch.ones(length, length, dtype=torch.bool, device=x_BTD.device).tril()
        scores_BHTT = scores_BHTT.masked_fill(~allowed_TT, -torch.inf)
        weights_BHTT = torch.softmax(scores_BHTT, dim=-1)

        heads_BHTK = weights_BHTT @ v_BHTK
        out_BTD: Tensor = self.o_proj(heads_BHTK.transpose(1, 2).flatten(2))
        return out_BTD

    def feed_forward(self, x_BTD: Tensor) -> Tensor:
        """Two layers with GELU between them."""
        hidden_BTF = functional.gelu(self.up_proj(x_BTD))
        out_BTD: Tensor = self.down_proj(hidden_BTF)
        return out_BTD

    def split_heads(self, features_BTD: Tensor) -> Tensor:
        """[B, T, D] to [B, H, T, K]: head h takes the h-th block of K neighbouring features."""
        batch, length, _ = features_BTD.shape
        return features_BTD.reshape(batch, length, -1, self.head_width).transpose(1, 2)
