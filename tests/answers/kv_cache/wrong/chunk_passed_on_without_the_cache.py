"""The grown cache has names of its own, and the attention function is called with the chunk's keys and values.

Verdict: wrong_answer
Lines: 42
Mistake: cache-not-attended
"""

import torch
import torch.nn as nn


def attend(q, k, v):
    n_q, n_k = q.shape[-2], k.shape[-2]
    rows = torch.arange(n_k - n_q, n_k, device=q.device)
    cols = torch.arange(n_k, device=q.device)
    logits = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    logits = torch.where(cols > rows.unsqueeze(-1), -torch.inf, logits)
    logits = logits - logits.amax(-1, keepdim=True).detach()
    unnormalised = logits.exp()
    return (unnormalised @ v) / unnormalised.sum(-1, keepdim=True)


class CachedSelfAttention(nn.Module):
    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("d_model, num_heads")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def forward(self, x, cache=None):
        B, T, D = x.shape
        q = self.q_proj(x).view(B, T, self.num_heads, -1).transpose(1, 2)
        k = self.k_proj(x).view(B, T, self.num_heads, -1).transpose(1, 2)
        v = self.v_proj(x).view(B, T, self.num_heads, -1).transpose(1, 2)
        if cache is None:
            new_cache = (k, v)
        else:
            new_cache = (torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2))
        out = attend(q, k, v)
        return self.o_proj(out.transpose(1, 2).reshape(B, T, D)), new_cache
