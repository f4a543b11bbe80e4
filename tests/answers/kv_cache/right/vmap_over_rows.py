"""One row of the batch is written down; torch.func.vmap does the others."""

import torch
from torch import nn
from torch.func import vmap


def attend(q, k, v, allowed):
    """q [H, T, Dh], k and v [H, N, Dh], allowed [T, N]."""
    scores = torch.einsum("htd,hnd->htn", q, k) / q.shape[-1] ** 0.5
    weights = torch.where(allowed, scores, -torch.inf).softmax(-1)
    return torch.einsum("htn,hnd->thd", weights, v).flatten(1)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        q, k, v = (
            layer(x).unflatten(2, (self.num_heads, -1)).movedim(2, 1)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        if cache is not None:
            k, v = torch.cat([cache[0], k], -2), torch.cat([cache[1], v], -2)
        t, n = q.shape[2], k.shape[2]
        allowed = torch.arange(n) < torch.arange(n - t + 1, n + 1)[:, None]
        return self.o_proj(vmap(attend, in_dims=(0, 0, 0, None))(q, k, v, allowed)), (k, v)
