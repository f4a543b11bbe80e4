import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Keys come in blocks; a running maximum and a running sum stand for the softmax (Milakov and Gimelshein, 2018)."""

    BLOCK = 3

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.num_heads = num_heads
        self.head_dim = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, x):
        return x.reshape(x.size(0), x.size(1), self.num_heads, self.head_dim).transpose(1, 2)

    def forward(self, query, key, value, mask=None):
        q, k, v = self.split(self.q_proj(query)), self.split(self.k_proj(key)), self.split(self.v_proj(value))
        q = q / self.head_dim**0.5
        b, h, tq, _ = q.shape
        tk = k.size(2)
        if mask is not None:
            mask = mask.expand(b, h, tq, tk)
        highest = q.new_full((b, h, tq, 1), -torch.inf)
        total = q.new_zeros(b, h, tq, 1)
        context = torch.zeros_like(q)
        for start in range(0, tk, self.BLOCK):
            block = slice(start, start + self.BLOCK)
            scores = q @ k[:, :, block].transpose(-1, -2)
            if mask is not None:
                scores = scores.masked_fill(~mask[..., block], -torch.inf)
            new = torch.maximum(highest, scores.detach().amax(-1, keepdim=True))
            finite = new.masked_fill(new == -torch.inf, 0.0)  # nothing seen yet: -inf - -inf would be nan
            weights = torch.exp(scores - finite)
            shrink = torch.exp(highest - finite)
            total = total * shrink + weights.sum(-1, keepdim=True)
            context = context * shrink + weights @ v[:, :, block]
            highest = new
        return self.o_proj((context / total).transpose(1, 2).flatten(2))
