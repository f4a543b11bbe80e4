import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    """The cached part and the chunk are attended to apart and joined by the logarithms of their sums."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.h = num_heads
        self.dh = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, x):
        return x.unflatten(2, (self.h, self.dh)).transpose(1, 2)

    def part(self, q, k, v, hidden=None):
        scores = q @ k.transpose(-1, -2) * self.dh**-0.5
        if hidden is not None:
            scores = scores.masked_fill(hidden, float("-inf"))
        return scores.softmax(-1) @ v, scores.logsumexp(-1, keepdim=True)

    def forward(self, x, cache=None):
        t = x.size(1)
        q, k, v = self.split(self.q_proj(x)), self.split(self.k_proj(x)), self.split(self.v_proj(x))
        hidden = torch.triu(torch.ones(t, t, dtype=torch.bool), diagonal=1)
        out, log_sum = self.part(q, k, v, hidden)
        if cache is not None and cache[0].size(2):
            old, old_log_sum = self.part(q, *cache)
            share = torch.sigmoid(log_sum - old_log_sum)
            out = share * out + (1 - share) * old
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        return self.o_proj(out.transpose(1, 2).flatten(2)), (k, v)
