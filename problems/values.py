"""The arrays of a case, made from its seed, kind and layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from problems.cases import Case


class Values:
    """Makes the arrays of a case, one after the other.

    Args:
        case: its seed and kind decide the numbers, its layout how they lie in memory.
        salt: other numbers for the same case.
        huge: the factor of kind "huge"; `tiny` likewise.
    """

    def __init__(self, case: Case, *, salt: int = 0, huge: float = 100.0, tiny: float = 1e-4) -> None:
        self._case = case
        self._random = np.random.Generator(np.random.PCG64([case.seed, salt]))
        self._scale = {"huge": huge, "tiny": tiny}

    def plain(self, *shape: int, kind: str | None = None, scale: float = 1.0) -> torch.Tensor:
        """A contiguous tensor of the case's dtype."""
        chosen = kind or self._case.kind
        match chosen:
            case "small integers":
                numbers = self._random.integers(-3, 4, shape).astype(np.float64)
            case "zero":
                numbers = np.zeros(shape)
            case "equal":
                numbers = np.full(shape, float(self._random.integers(-8, 9)) / 4)
            case _:
                numbers = self._random.standard_normal(shape) * self._scale.get(chosen, 1.0)
        return torch.from_numpy(np.asarray(numbers * scale)).to(self._case.torch_dtype)

    def laid_out(self, *shape: int, kind: str | None = None, scale: float = 1.0) -> torch.Tensor:
        """A tensor in the case's layout: of the same shape, but perhaps strided, or with a batch that is one row, repeated."""
        if self._case.layout == "expanded" and len(shape) > 1:
            return self.plain(1, *shape[1:], kind=kind, scale=scale).expand(*shape)
        return relaid(self.plain(*shape, kind=kind, scale=scale), self._case.layout)

    def weight(self, out_features: int, in_features: int) -> torch.Tensor:
        """A weight matrix whose products stay of the size of what goes in; small integers where the case has them."""
        if self._case.kind == "small integers":
            return torch.from_numpy(self._random.integers(-1, 2, (out_features, in_features))).to(
                self._case.torch_dtype
            )
        numbers = self._random.standard_normal((out_features, in_features)) / np.sqrt(in_features)
        return torch.from_numpy(numbers).to(self._case.torch_dtype)

    def bias(self, features: int) -> torch.Tensor:
        """A bias vector that is never zero throughout."""
        if self._case.kind == "small integers":
            numbers = self._random.integers(-1, 2, features).astype(np.float64)
            numbers[0] = 1.0
        else:
            numbers = self._random.standard_normal(features)
        return torch.from_numpy(numbers).to(self._case.torch_dtype)

    def choice(self, count: int) -> int:
        """A number from 0 to count - 1."""
        return int(self._random.integers(0, count))

    def booleans(self, *shape: int, chance: float = 0.5) -> torch.Tensor:
        """True with the given chance."""
        return torch.from_numpy(np.asarray(self._random.random(shape) < chance))


def relaid(tensor: torch.Tensor, layout: str) -> torch.Tensor:
    """The same numbers, lying in memory in another way ("expanded" changes nothing here)."""
    if layout == "transposed" and tensor.dim() > 1:
        order = list(reversed(range(tensor.dim())))
        return tensor.permute(order).contiguous().permute(order)
    if layout == "sliced" and tensor.dim() > 0:
        wide = torch.stack([tensor, torch.full_like(tensor, 5)], dim=-1)
        return wide[..., 0]
    return tensor


def upstream(case: Case, *shapes: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Gradients that come from above, ordinary numbers of the case's dtype."""
    values = Values(case, salt=7)
    kind = "small integers" if case.kind == "small integers" else "ordinary"
    return tuple(values.plain(*shape, kind=kind) for shape in shapes)
