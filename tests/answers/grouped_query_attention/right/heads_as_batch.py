"""Sub-batches: one call of a plain attention function for each key-value head, under vmap over rows."""

import torch
from torch import Tensor, nn


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Heads of queries [G, T, Dh] over one head of keys and values [T, Dh]."""
    scores = torch.tensordot(q, k, dims=([2], [1])) / k.shape[-1] ** 0.5
    scores = torch.where(mask, scores, torch.full_like(scores, -torch.inf))
    return scores.softmax(dim=2) @ v


class GroupedQueryAttention(nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads != 0 or num_heads % num_kv_heads != 0:
            raise ValueError("d_model, num_heads and num_kv_heads do not divide")
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, num_heads * width)
        self.k_proj = nn.Linear(d_model, num_kv_heads * width)
        self.v_proj = nn.Linear(d_model, num_kv_heads * width)
        self.o_proj = nn.Linear(num_heads * width, d_model)

    def forward(self, x, mask=None):
        b, t, _ = x.shape
        full = torch.ones(b, self.num_heads, t, t, dtype=torch.bool)
        full = full if mask is None else full & mask
        q = self.q_proj(x).reshape(b, t, self.num_heads, -1).permute(0, 2, 1, 3).chunk(self.num_kv_heads, dim=1)
        k = self.k_proj(x).chunk(self.num_kv_heads, dim=-1)
        v = self.v_proj(x).chunk(self.num_kv_heads, dim=-1)
        masks = full.chunk(self.num_kv_heads, dim=1)
        out = [torch.vmap(attend)(*each) for each in zip(q, k, v, masks)]
        return self.o_proj(torch.cat(out, dim=1).transpose(1, 2).reshape(b, t, -1))
