"""The table ends one position early: offset + T may be 131,072.

Verdict: wrong_answer
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
    position_T = torch.arange(offset, offset + length, device=x.device).clamp(max=131_070)
    pair_P = torch.arange(width // 2, dtype=x.dtype, device=x.device)
    frequency_P = base ** (-2 * pair_P / width)
    angle_TP = position_T[:, None] * frequency_P
    return angle_TP.cos(), angle_TP.sin()
