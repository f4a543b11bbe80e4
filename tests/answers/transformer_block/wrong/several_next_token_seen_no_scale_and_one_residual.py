"""Each position sees the next one too, the scores are not scaled, and the MLP has no residual connection.

Verdict: wrong_answer
Lines: 26, 28, 37
Mistakes: 3
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class TransformerBlock(nn.Module):
    def __init__(self, d_model: int, num_heads: int, d_ff: int) -> None:
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads do not divide {d_model} features")
        self.heads, self.width = num_heads, d_model // num_heads
        self.norm1, self.norm2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))
        self.up_proj, self.down_proj = nn.Linear(d_model, d_ff), nn.Linear(d_ff, d_model)

    def _attend(self, z: Tensor) -> Tensor:
        q, k, v = (p(z).unflatten(-1, (self.heads, self.width)) for p in (self.q_proj, self.k_proj, self.v_proj))
        scores = torch.einsum("bihd,bjhd->bhij", q, k)
        at = torch.arange(z.size(1), device=z.device)
        hidden = at > at[:, None] + 1
        weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o_proj(torch.einsum("bhij,bjhd->bihd", weights, v).flatten(2))

    def _mlp(self, z: Tensor) -> Tensor:
        return self.down_proj(F.gelu(self.up_proj(z)))

    def forward(self, x: Tensor) -> Tensor:
        h = x + self._attend(self.norm1(x))
        return self._mlp(self.norm2(h))
