import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def repeat_kv(x: Tensor, n_rep: int) -> Tensor:
    """[B, Hkv, T, Dh] to [B, Hkv * n_rep, T, Dh]."""
    b, n, t, d = x.shape
    if n_rep == 1:
        return x
    return x[:, :, None].expand(b, n, n_rep, t, d).reshape(b, n * n_rep, t, d)


class GroupedQueryAttention(nn.Module):
    """As in Llama's code; the mask is added."""

    def __init__(self, d_model: int, num_heads: int, num_kv_heads: int) -> None:
        super().__init__()
        self.head_dim, rest = divmod(d_model, num_heads)
        self.n_rep, other = divmod(num_heads, num_kv_heads)
        if rest or other:
            raise ValueError(f"{d_model=}, {num_heads=} and {num_kv_heads=} do not fit")
        self.n_heads, self.n_kv = num_heads, num_kv_heads
        self.q_proj = nn.Linear(d_model, num_heads * self.head_dim)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.head_dim)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.head_dim)
        self.o_proj = nn.Linear(num_heads * self.head_dim, d_model)

    def forward(self, x, mask=None):
        b, t, _ = x.shape
        q = self.q_proj(x).view(b, t, self.n_heads, self.head_dim).transpose(1, 2)
        k = self.k_proj(x).view(b, t, self.n_kv, self.head_dim).transpose(1, 2)
        v = self.v_proj(x).view(b, t, self.n_kv, self.head_dim).transpose(1, 2)
        k, v = repeat_kv(k, self.n_rep), repeat_kv(v, self.n_rep)
        scores = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(self.head_dim)
        if mask is not None:
            scores = scores + torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
        out = torch.matmul(F.softmax(scores, dim=-1), v)
        return self.o_proj(out.transpose(1, 2).contiguous().view(b, t, -1))
