"""Rotary position embedding of queries and keys.

    θ_i = base^(-2i / K),   i = 0 .. K/2 - 1
    y_2i   = x_2i cos(p θ_i) - x_2i+1 sin(p θ_i)
    y_2i+1 = x_2i sin(p θ_i) + x_2i+1 cos(p θ_i)

for the token at position p. Su et al., "RoFormer: Enhanced Transformer with Rotary Position Embedding" (2021), section
3.4.2, equations 14, 15 and 34. A rotation by p θ for the query and by q θ for the key leaves one by (p - q) θ in their dot
product: scores depend on distances alone.

Decisions:
- Pairs are neighbours, 2i and 2i + 1, as in the paper. Llama's weights in Hugging Face's layout pair i with i + K/2.
- `offset` is the position of the first token, so that a chunk which follows cached tokens is turned like the whole.
- Angles have the dtype of x: in float32, an angle of 1e5 is off by up to 0.004, and float64 asks for better.
- Angles depend on nothing that is learnt, and carry no gradient.
"""

from __future__ import annotations

import torch
from torch import Tensor


def apply_rope(x: Tensor, offset: int = 0, base: float = 10000.0) -> Tensor:
    """Turn each pair of features by its position.

    Args:
        x: queries or keys [B, H, T, K].
        offset: position of the first token.
        base: of the frequencies.

    Raises:
        ValueError: K is odd, or the offset negative.
    """
    if x.shape[-1] % 2 != 0:
        raise ValueError(f"the width of a head ({x.shape[-1]}) must be even: features are turned in pairs")
    if offset < 0:
        raise ValueError(f"offset ({offset}) must not be negative")
    cos_TP, sin_TP = make_tables(x, offset, base)
    even_BHTP = x[..., ::2]
    odd_BHTP = x[..., 1::2]
    turned_BHTP = even_BHTP * cos_TP - odd_BHTP * sin_TP
    partner_BHTP = even_BHTP * sin_TP + odd_BHTP * cos_TP
    return torch.stack([turned_BHTP, partner_BHTP], dim=-1).flatten(-2)


@torch.no_grad()
def make_tables(x: Tensor, offset: int, base: float) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the angle of each position and pair, both [T, P]."""
    length, width = x.shape[-2:]
    position_T = torch.arange(offset, offset + length, device=x.device)
    pair_P = torch.arange(width // 2, dtype=x.dtype, device=x.device)
    frequency_P = base ** (-2 * pair_P / width)
    angle_TP = position_T[:, None] * frequency_P
    return angle_TP.cos(), angle_TP.sin()
