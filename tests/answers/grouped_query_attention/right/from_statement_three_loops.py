"""Loops over batch, heads and queries; masked keys are taken out of the list before the softmax.

Verdict: accepted
"""

import torch


class GroupedQueryAttention(torch.nn.Module):
    def __init__(self, d_model, num_heads, num_kv_heads):
        if d_model % num_heads != 0:
            raise ValueError(f"{d_model} is no multiple of {num_heads}.")
        if num_heads % num_kv_heads != 0:
            raise ValueError(f"{num_heads} is no multiple of {num_kv_heads}.")
        super().__init__()
        self.H, self.G, self.Dh = num_heads, num_heads // num_kv_heads, d_model // num_heads
        for name in ("q_proj", "o_proj"):
            setattr(self, name, torch.nn.Linear(d_model, d_model))
        for name in ("k_proj", "v_proj"):
            self.add_module(name, torch.nn.Linear(d_model, num_kv_heads * self.Dh))

    def allowed(self, mask, b, h, i):
        if mask is None:
            return slice(None)
        if mask.dim() == 2:
            return mask[i]
        mask = mask[min(b, mask.size(0) - 1), min(h, mask.size(1) - 1)]
        row = mask[min(i, mask.size(0) - 1)]
        return slice(None) if row.numel() == 1 else row

    def forward(self, x, mask=None):
        if mask is not None and mask.dim() == 4:
            mask = mask.expand(-1, -1, -1, x.size(1))
        batch = []
        for b, tokens in enumerate(x):
            q, k, v = self.q_proj(tokens), self.k_proj(tokens), self.v_proj(tokens)
            columns = []
            for h in range(self.H):
                own = slice(h * self.Dh, (h + 1) * self.Dh)
                shared = slice(h // self.G * self.Dh, (h // self.G + 1) * self.Dh)
                rows = []
                for i in range(len(tokens)):
                    seen = self.allowed(mask, b, h, i)
                    scores = (k[seen, shared] @ q[i, own]) * self.Dh**-0.5
                    weights = (scores - scores.max()).exp()
                    rows.append(weights @ v[seen, shared] / weights.sum())
                columns.append(torch.stack(rows))
            batch.append(self.o_proj(torch.hstack(columns)))
        return torch.stack(batch)
