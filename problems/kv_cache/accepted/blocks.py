import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    """Keys in blocks with a running softmax, as flash attention does it."""

    BLOCK = 256

    def __init__(self, d_model, num_heads):
        if d_model % num_heads != 0:
            raise ValueError("num_heads must divide d_model")
        super().__init__()
        self.num_heads = num_heads
        self.d_head = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model)
        self.k_proj = nn.Linear(d_model, d_model)
        self.v_proj = nn.Linear(d_model, d_model)
        self.o_proj = nn.Linear(d_model, d_model)

    def split(self, x):
        return x.view(*x.shape[:2], self.num_heads, self.d_head).permute(0, 2, 1, 3)

    def forward(self, x, cache=None):
        q = self.split(self.q_proj(x)) / self.d_head**0.5
        k, v = self.split(self.k_proj(x)), self.split(self.v_proj(x))
        if cache is not None:
            k, v = torch.cat([cache[0], k], dim=2), torch.cat([cache[1], v], dim=2)
        positions = torch.arange(k.size(2))
        own = positions[-x.size(1) :].unsqueeze(1)
        highest, total, context = None, None, None
        blocks = (tensor.split(self.BLOCK, dim) for tensor, dim in ((k, 2), (v, 2), (positions, 0)))
        for keys, values, where in zip(*blocks, strict=True):
            scores = (q @ keys.mT).masked_fill(where > own, -torch.inf)
            top = scores.detach().amax(-1, keepdim=True)
            if highest is None:  # position 0 is in the first block and everyone sees it: top is finite
                highest = top
                weights = torch.exp(scores - highest)
                total, context = weights.sum(-1, keepdim=True), weights @ values
                continue
            new = torch.maximum(highest, top)
            shrink, weights = torch.exp(highest - new), torch.exp(scores - new)
            total = total * shrink + weights.sum(-1, keepdim=True)
            context = context * shrink + weights @ values
            highest = new
        out = (context / total).transpose(1, 2).reshape(x.shape)
        return self.o_proj(out), (k, v)
