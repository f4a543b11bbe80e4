import torch
from torch import nn


class GroupedQueryAttention(nn.Module):
    """The queries of a group are stacked as more positions of one head: one product for each key-value head."""

    def __init__(self, d_model, num_heads, num_kv_heads):
        super().__init__()
        if d_model % num_heads or num_heads % num_kv_heads:
            raise ValueError("not divisible")
        self.h, self.n = num_heads, num_kv_heads
        narrow = d_model // num_heads * num_kv_heads
        for name, width in (("q_proj", d_model), ("k_proj", narrow), ("v_proj", narrow), ("o_proj", d_model)):
            setattr(self, name, nn.Linear(d_model, width))

    def forward(self, x, mask=None):
        b, t, d = x.shape
        g, dh = self.h // self.n, d // self.h
        q = self.q_proj(x).reshape(b, t, self.n, g, dh).permute(0, 2, 3, 1, 4).reshape(b * self.n, g * t, dh)
        k = self.k_proj(x).reshape(b, t, self.n, dh).permute(0, 2, 3, 1).reshape(b * self.n, dh, t)
        v = self.v_proj(x).reshape(b, t, self.n, dh).permute(0, 2, 1, 3).reshape(b * self.n, t, dh)
        scores = torch.bmm(q / dh**0.5, k)
        if mask is not None:
            seen = torch.ones(b, self.h, t, t, dtype=torch.bool) & mask
            scores = scores.masked_fill(~seen.reshape(b * self.n, g * t, t), -torch.inf)
        weights = (scores - scores.amax(-1, keepdim=True).detach()).exp()
        out = torch.bmm(weights, v) / weights.sum(-1, keepdim=True)
        return self.o_proj(out.reshape(b, self.n, g, t, dh).permute(0, 3, 1, 2, 4).reshape(b, t, d))
