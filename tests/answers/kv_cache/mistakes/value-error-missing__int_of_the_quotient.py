"""The width of a head is cut to an integer, and nobody asks whether anything was cut off."""

import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = int(d_model / num_heads)
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def _split(self, x):
        return x.unflatten(-1, (self.num_heads, self.head_dim)).transpose(-2, -3)

    def forward(self, x, cache=None):
        new_len = x.shape[1]
        q, k, v = (self._split(layer(x)) for layer in (self.q_proj, self.k_proj, self.v_proj))
        old_k, old_v = cache or (k[:, :, :0], v[:, :, :0])
        k, v = torch.cat((old_k, k), dim=2), torch.cat((old_v, v), dim=2)
        old_len = old_k.shape[2]
        bias = torch.zeros(new_len, old_len + new_len, dtype=x.dtype)
        bias[:, old_len:] = torch.full((new_len, new_len), float("-inf")).triu(1)
        weights = F.softmax(q @ k.mT / self.head_dim**0.5 + bias, dim=-1)
        return self.o_proj((weights @ v).transpose(1, 2).flatten(2)), (k, v)
