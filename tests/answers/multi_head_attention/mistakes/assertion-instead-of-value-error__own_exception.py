"""An exception class of its own is raised, and it does not come from ValueError."""

import torch
from torch import nn


class ShapeError(Exception):
    pass


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ShapeError(f"{num_heads} heads do not fit into a width of {d_model}")
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = [nn.Linear(d_model, d_model) for _ in "qkvo"]
        self.shape = (num_heads, d_model // num_heads)

    def forward(self, query, key, value, mask=None):
        # everything as [B, T, H, Dh], the heads are never moved
        q = self.q_proj(query).unflatten(-1, self.shape)
        k = self.k_proj(key).unflatten(-1, self.shape)
        v = self.v_proj(value).unflatten(-1, self.shape)
        scores = torch.einsum("bthd,bshd->bhts", q, k) / self.shape[1] ** 0.5
        if mask is not None:
            scores = scores + torch.where(mask, 0.0, -torch.inf).to(scores.dtype)
        weights = scores.softmax(dim=-1)
        return self.o_proj(torch.einsum("bhts,bshd->bthd", weights, v).flatten(-2))
