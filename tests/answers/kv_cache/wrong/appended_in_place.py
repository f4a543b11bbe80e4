"""New positions are written behind the cache that was passed in: continuing a prefix twice spoils the first.

Verdict: wrong_answer|runtime_error
"""

import torch
from torch import nn


def append(past, new):
    """Put `new` behind `past`, in a buffer with room for 64 more."""
    batch, heads, length, width = past.shape
    total = length + new.shape[2]
    room = past.stride(1) // width
    whole = past.untyped_storage().nbytes() // past.element_size() == batch * heads * room * width
    with torch.no_grad():
        if length and past.stride(2) == width and whole and room >= total:
            buffer = past.detach().as_strided(
                (batch, heads, room, width), (heads * room * width, room * width, width, 1)
            )
        else:
            buffer = past.new_zeros(batch, heads, total + 64, width)
            buffer[:, :, :length] = past
        buffer[:, :, length:total] = new
    return buffer[:, :, :total]


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
            layer(x).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.q_proj, self.k_proj, self.v_proj)
        )
        past_k, past_v = cache if cache is not None else (k[:, :, :0], v[:, :, :0])
        past = past_k.shape[2]
        all_k, all_v = torch.cat([past_k, k], dim=2), torch.cat([past_v, v], dim=2)
        scores = q @ all_k.mT / q.shape[-1] ** 0.5
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(past)
        out = scores.masked_fill(~seen, -torch.inf).softmax(-1) @ all_v
        return self.o_proj(out.transpose(1, 2).flatten(2)), (append(past_k, k), append(past_v, v))
