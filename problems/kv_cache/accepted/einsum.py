import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        b, t, d = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1) for f in (self.q_proj, self.k_proj, self.v_proj))
        k, v = k.transpose(1, 2), v.transpose(1, 2)
        if cache is not None:
            k, v = (torch.cat(pair, dim=-2) for pair in zip(cache, (k, v), strict=True))
        s = k.size(2) - t
        scores = torch.einsum("bihd,bhjd->bhij", q, k) * (d // self.heads) ** -0.5
        allowed = torch.ones(t, s + t, dtype=torch.bool).tril(s)
        weights = torch.where(allowed, scores, -torch.inf).softmax(-1)
        out = torch.einsum("bhij,bhjd->bihd", weights, v).reshape(b, t, d)
        return self.o_proj(out), (k, v)
