import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    """One query head after the other, each with the key-value head that it shares."""

    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model must be a multiple of num_heads")
        if num_heads % num_kv_heads != 0:
            raise ValueError("num_heads must be a multiple of num_kv_heads")
        width = d_model // num_heads
        self.shared_by = num_heads // num_kv_heads
        self.width = width
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj, self.v_proj = (nn.Linear(d_model, num_kv_heads * width) for _ in range(2))
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, mask=None):
        queries = self.q_proj(x).split(self.width, dim=-1)
        keys = self.k_proj(x).split(self.width, dim=-1)
        values = self.v_proj(x).split(self.width, dim=-1)
        heads = []
        for h, q in enumerate(queries):
            k, v = keys[h // self.shared_by], values[h // self.shared_by]
            scores = q @ k.mT / self.width**0.5
            if mask is not None:
                seen = mask if mask.dim() == 2 else mask[:, h if mask.shape[1] > 1 else 0]
                scores = torch.where(seen, scores, -torch.inf)
            heads.append(scores.softmax(-1) @ v)
        return self.o_proj(torch.cat(heads, -1))
