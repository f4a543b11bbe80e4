"""The softmax runs over the queries, the heads are not moved behind the positions before they are joined,
and key-value heads that do not divide the heads are accepted.

Verdict: wrong_answer
Lines: 17, 36, 39
Mistakes: 3
"""

from torch import Tensor, nn


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{d_model} features cannot be cut into {num_heads} heads")
        if num_kv_heads > num_heads:
            raise ValueError(f"{num_heads} heads cannot share {num_kv_heads} key-value heads")
        self.dh = d_model // num_heads
        self.hkv = num_kv_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, self.dh * num_kv_heads)
        self.v_proj = nn.Linear(d_model, self.dh * num_kv_heads)
        self.o_proj = nn.Linear(d_model, d_model)

    def _heads(self, y: Tensor) -> Tensor:
        """[B, T, n * Dh] to [B, n, T, Dh]."""
        return y.unflatten(-1, (-1, self.dh)).transpose(1, 2)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        q, k, v = self._heads(self.q_proj(x)), self._heads(self.k_proj(x)), self._heads(self.v_proj(x))
        q = q.unflatten(1, (self.hkv, -1)) * self.dh**-0.5
        scores = (q @ k.unsqueeze(2).mT).flatten(1, 2)
        if mask is not None:
            scores = scores.masked_fill(mask.logical_not(), -float("inf"))
        weights = scores.softmax(dim=-2)
        weights = weights.unflatten(1, (self.hkv, -1))
        out = (weights @ v.unsqueeze(2)).flatten(1, 2)
        return self.o_proj(out.reshape(x.shape))
