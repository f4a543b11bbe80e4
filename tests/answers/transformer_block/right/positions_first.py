"""Positions come first, [T, B, D], as in nn.MultiheadAttention; heads are folded into the batch; hooks and spare modules besides."""

import torch
from torch import Tensor, nn


class Linear(nn.Linear):
    """nn.Linear that says its name."""

    def extra_repr(self) -> str:
        return "mine, " + super().extra_repr()


class TransformerBlock(nn.Module):
    def __init__(self, d_model: int, num_heads: int, d_ff: int) -> None:
        if d_model % num_heads != 0:
            raise ValueError(f"{d_model} features for {num_heads} heads")
        super().__init__()
        self.config = {"heads": num_heads, "width": d_model // num_heads}
        self.unused = nn.Linear(1, 1)
        for name, out, into in (
            ("q_proj", d_model, d_model),
            ("k_proj", d_model, d_model),
            ("v_proj", d_model, d_model),
            ("o_proj", d_model, d_model),
            ("up_proj", d_ff, d_model),
            ("down_proj", d_model, d_ff),
        ):
            self.add_module(name, Linear(into, out))
        self.norm1 = nn.LayerNorm((d_model,))
        self.norm2 = nn.LayerNorm((d_model,))

    def fold(self, y: Tensor) -> Tensor:
        t, b, _ = y.shape
        return y.contiguous().view(t, b * self.config["heads"], self.config["width"]).transpose(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = x.transpose(0, 1)  # [T, B, D]
        z = self.norm1(y)
        q, k, v = (self.fold(layer(z)) for layer in (self.q_proj, self.k_proj, self.v_proj))
        scores = torch.bmm(q, k.transpose(1, 2)).div(self.config["width"] ** 0.5)
        t = scores.size(-1)
        scores = scores.tril().masked_fill(torch.tril(scores.new_ones(t, t)) == 0, -torch.inf)
        heads = torch.bmm(torch.softmax(scores, -1), v)
        y = y + self.o_proj(heads.transpose(0, 1).reshape(y.shape))
        y = y + self.down_proj(nn.functional.gelu(self.up_proj(self.norm2(y)), approximate="none"))
        return y.transpose(0, 1)
