import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    """Nothing is repeated: queries stand in groups beside the one head that they share."""

    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads or num_heads % num_kv_heads:
            raise ValueError("heads do not fit")
        self.kv, self.g, self.dh = num_kv_heads, num_heads // num_kv_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, num_kv_heads * self.dh)
        self.v_proj = nn.Linear(d_model, num_kv_heads * self.dh)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, mask=None):
        b, t, _ = x.shape
        q = self.q_proj(x).view(b, t, self.kv, self.g, self.dh)
        k = self.k_proj(x).view(b, t, self.kv, self.dh)
        v = self.v_proj(x).view(b, t, self.kv, self.dh)
        scores = torch.einsum("bqngd,bknd->bngqk", q, k) * self.dh**-0.5
        if mask is not None:
            if mask.dim() == 4:
                mask = mask.expand(b, self.kv * self.g, t, t).unflatten(1, (self.kv, self.g))
            scores = scores.masked_fill(mask.logical_not(), float("-inf"))
        out = torch.einsum("bngqk,bknd->bqngd", scores.softmax(dim=-1), v)
        return self.o_proj(out.reshape(b, t, -1))
