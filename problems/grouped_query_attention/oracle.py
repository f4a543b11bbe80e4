"""The library's own attention, which knows of shared heads: an answer by other means."""

from torch import nn
from torch.nn.functional import scaled_dot_product_attention


class GroupedQueryAttention(nn.Module):
    """scaled_dot_product_attention with enable_gqa between the four projections."""

    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads or num_heads % num_kv_heads:
            raise ValueError("d_model must be a multiple of num_heads, and num_heads of num_kv_heads")
        self.heads, self.kv_heads = num_heads, num_kv_heads
        width = d_model // num_heads * num_kv_heads
        self.q_proj, self.o_proj = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.k_proj, self.v_proj = nn.Linear(d_model, width), nn.Linear(d_model, width)

    def forward(self, x, mask=None):
        """Attend, by the library."""
        q = self.q_proj(x).unflatten(-1, (self.heads, -1)).movedim(-2, 1)
        k, v = (p(x).unflatten(-1, (self.kv_heads, -1)).movedim(-2, 1) for p in (self.k_proj, self.v_proj))
        heads = scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
        return self.o_proj(heads.movedim(1, -2).flatten(-2))
