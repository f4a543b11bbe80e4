"""The heads are cut by a view that mixes positions and features, the scores are divided by Dh and not by its root,
and a width that can't be divided is rounded down.

Verdict: wrong_answer
Lines: 18, 22, 29
Mistakes: 3
"""

from torch import Tensor, nn


class MultiHeadAttention(nn.Module):
    """Attention of several heads, each with its own slice of the features."""

    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        self.h = num_heads
        self.dh = d_model // num_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def _split(self, y: Tensor) -> Tensor:
        return y.view(y.size(0), self.h, -1, self.dh)

    def _join(self, y: Tensor) -> Tensor:
        return y.transpose(1, 2).flatten(2)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        q, k, v = self._split(self.q_proj(query)), self._split(self.k_proj(key)), self._split(self.v_proj(value))
        scores = q.matmul(k.transpose(2, 3)) / self.dh
        if mask is not None:
            scores = scores.masked_fill(mask == 0, -float("inf"))
        return self.o_proj(self._join(scores.softmax(-1).matmul(v)))
