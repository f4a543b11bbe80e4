"""The library's own attention over the cached positions: an answer by other means, with which the reference is compared."""

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention


class CachedSelfAttention(nn.Module):
    """scaled_dot_product_attention under a lower triangle that is shifted by what is cached."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.num_heads = num_heads
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(d_model, d_model) for _ in range(4))

    def forward(self, x, cache=None):
        """Attend from the chunk, by the library."""
        q, k, v = (
            projection(x).unflatten(-1, (self.num_heads, -1)).movedim(-2, 1)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        past = 0 if cache is None else cache[0].shape[2]
        if past:
            k, v = torch.cat((cache[0], k), dim=2), torch.cat((cache[1], v), dim=2)
        mask = torch.ones(x.shape[1], past + x.shape[1], dtype=torch.bool).tril(past)
        heads = scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.o_proj(heads.movedim(1, -2).flatten(-2)), (k, v)
