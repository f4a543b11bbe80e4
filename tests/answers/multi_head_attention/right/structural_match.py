"""match statements, a dataclass, a walrus and a closure."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Heads:
    number: int
    width: int

    def split(self, x: Tensor) -> Tensor:
        return torch.stack([x[..., i * self.width : (i + 1) * self.width] for i in range(self.number)], dim=1)

    def join(self, x: Tensor) -> Tensor:
        return torch.cat(list(x.unbind(1)), dim=-1)


class MultiHeadAttention(nn.Module):
    def __init__(self, d_model: int, num_heads: int) -> None:
        super().__init__()
        if (rest := d_model % num_heads) != 0:
            raise ValueError(f"{rest} features are left over")
        self.layout = Heads(num_heads, d_model // num_heads)
        for letter in "qkvo":
            setattr(self, f"{letter}_proj", nn.Linear(d_model, d_model))

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        q, k, v = (
            self.layout.split(getattr(self, f"{letter}_proj")(x))
            for letter, x in zip("qkv", (query, key, value), strict=True)
        )
        scores = torch.einsum("...id,...jd->...ij", q / self.layout.width**0.5, k)
        match mask:
            case None:
                pass
            case Tensor(ndim=2):
                scores = scores.masked_fill(mask[None, None].logical_not(), -torch.inf)
            case Tensor(ndim=4):
                scores = scores.masked_fill(mask.logical_not(), -torch.inf)
            case _:
                raise TypeError("a mask has two or four dimensions")
        return self.o_proj(self.layout.join(torch.softmax(scores, -1) @ v))
