import math

import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, block, num_heads):
        super().__init__()
        self.block, self.num_heads = [block], num_heads  # a list, so that the block is no submodule of itself

    def forward(self, z):
        (block,) = self.block
        b, t, d = z.shape
        width = d // self.num_heads
        q, k, v = (
            layer(z).reshape(b, t, self.num_heads, width).permute(0, 2, 1, 3).reshape(-1, t, width)
            for layer in (block.q_proj, block.k_proj, block.v_proj)
        )
        bias = torch.full((t, t), -math.inf, dtype=z.dtype).triu(1)
        scores = torch.baddbmm(bias.expand(len(q), t, t), q, k.mT, alpha=width**-0.5)
        out = torch.bmm(scores.softmax(-1), v).view(b, self.num_heads, t, width)
        return block.o_proj(out.transpose(1, 2).contiguous().view(b, t, d))


class Residual(nn.Module):
    def __init__(self, part):
        super().__init__()
        self.part = part

    def forward(self, x):
        return torch.add(x, self.part(x))


class TransformerBlock(nn.Module):
    """Sequential parts inside residuals; the projections are attributes of the block, too."""

    def __init__(self, d_model: int, num_heads: int, d_ff: int) -> None:
        super().__init__()
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads do not fit into {d_model}")
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(d_model, d_model))
        self.norm1 = nn.LayerNorm(d_model)
        self.norm2 = nn.LayerNorm(d_model)
        self.up_proj = nn.Linear(d_model, d_ff)
        self.down_proj = nn.Linear(d_ff, d_model)
        self.parts = nn.Sequential(
            Residual(nn.Sequential(self.norm1, Attention(self, num_heads))),
            Residual(nn.Sequential(self.norm2, self.up_proj, nn.GELU(), self.down_proj)),
        )

    def forward(self, x):
        return self.parts(x)
