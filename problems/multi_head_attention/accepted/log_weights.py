import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Weights as exp(scores - logsumexp(scores))."""

    def __init__(self, d_model, num_heads):
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        super().__init__()
        self.num_heads = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            self.add_module(name, nn.Linear(d_model, d_model))

    def forward(self, query, key, value, mask=None):
        def heads(x):
            return torch.stack(x.chunk(self.num_heads, dim=-1), dim=1)

        q, k, v = heads(self.q_proj(query)), heads(self.k_proj(key)), heads(self.v_proj(value))
        scale = torch.rsqrt(torch.tensor(q.size(-1), dtype=q.dtype))
        scores = (q @ k.transpose(2, 3)).mul(scale)
        if mask is not None:
            scores.masked_fill_(torch.logical_not(mask), -torch.inf)
        weights = torch.exp(scores - torch.logsumexp(scores, dim=-1, keepdim=True))
        return self.o_proj(torch.cat((weights @ v).unbind(1), dim=-1))
