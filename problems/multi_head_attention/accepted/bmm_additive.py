import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    """Heads are folded into the batch; the mask is added to the scores as 0 or -inf."""

    def __init__(self, d_model, num_heads):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        self.d_model, self.num_heads, self.d_head = d_model, num_heads, d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def fold(self, x):
        b, t, _ = x.shape
        x = x.view(b, t, self.num_heads, self.d_head).permute(0, 2, 1, 3)
        return x.reshape(b * self.num_heads, t, self.d_head)

    def forward(self, query, key, value, mask=None):
        b, tq, _ = query.shape
        tk = key.size(1)
        q, k, v = self.fold(self.q_proj(query)), self.fold(self.k_proj(key)), self.fold(self.v_proj(value))
        bias = torch.zeros(b, self.num_heads, tq, tk, dtype=q.dtype)
        if mask is not None:
            bias.masked_fill_(~mask, float("-inf"))
        bias = bias.view(b * self.num_heads, tq, tk)
        scores = torch.baddbmm(bias, q, k.transpose(1, 2), alpha=self.d_head**-0.5)
        context = torch.bmm(torch.softmax(scores, dim=2), v)
        context = context.view(b, self.num_heads, tq, self.d_head).transpose(1, 2).contiguous()
        return self.o_proj(context.view(b, tq, self.d_model))
