"""The arrays of a case, made from its seed, kind and layout."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from problems.late import torch

if TYPE_CHECKING:
    from problems.cases import Case


class Draw(msgspec.Struct, frozen=True):
    """An array that was drawn, and the formula in NumPy by which it was; `RANDOM` stands for the generator."""

    formula: str
    tensor: torch.Tensor


class Draws(msgspec.Struct, frozen=True):
    """What was drawn from one generator, `np.random.Generator(np.random.PCG64(seed))`, in order."""

    seed: tuple[int, ...]
    made: list[Draw]


_RECORDED: ContextVar[list[Draws] | None] = ContextVar("recorded", default=None)


@contextlib.contextmanager
def recorded_draws() -> Iterator[list[Draws]]:
    """Within, what every `Values` draws is kept, with its formula."""
    found: list[Draws] = []
    token = _RECORDED.set(found)
    try:
        yield found
    finally:
        _RECORDED.reset(token)


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
        self._draws = Draws((case.seed, salt), [])
        if (recorded := _RECORDED.get()) is not None:
            recorded.append(self._draws)
        self._is_recorded = recorded is not None

    def _drawn(self, numbers: np.ndarray[Any, Any], formula: str) -> torch.Tensor:
        """The tensor of what was drawn, in the case's dtype."""
        tensor = torch.from_numpy(np.asarray(numbers)).to(self._case.torch_dtype)
        if self._is_recorded:
            self._draws.made.append(Draw(formula, tensor))
        return tensor

    def plain(self, *shape: int, kind: str | None = None, scale: float = 1.0) -> torch.Tensor:
        """A contiguous tensor of the case's dtype."""
        chosen = kind or self._case.kind
        factor = self._scale.get(chosen, 1.0)
        match chosen:
            case "small integers":
                numbers = self._random.integers(-3, 4, shape).astype(np.float64)
                formula = f"RANDOM.integers(-3, 4, {shape})"
            case "zero":
                numbers, formula = np.zeros(shape), f"np.zeros({shape})"
            case "equal":
                numbers = np.full(shape, float(self._random.integers(-8, 9)) / 4)
                formula = f"np.full({shape}, RANDOM.integers(-8, 9) / 4)"
            case _:
                numbers = self._random.standard_normal(shape) * factor
                formula = f"RANDOM.standard_normal({shape})" + (f" * {factor}" if factor != 1 else "")
        return self._drawn(numbers * scale, formula + (f" * {scale}" if scale != 1 else ""))

    def laid_out(self, *shape: int, kind: str | None = None, scale: float = 1.0) -> torch.Tensor:
        """A tensor in the case's layout: of the same shape, but perhaps strided, or with a batch that is one row, repeated."""
        if self._case.layout == "expanded" and len(shape) > 1:
            return self.plain(1, *shape[1:], kind=kind, scale=scale).expand(*shape)
        return relaid(self.plain(*shape, kind=kind, scale=scale), self._case.layout)

    def weight(self, out_features: int, in_features: int) -> torch.Tensor:
        """A weight matrix whose products stay of the size of what goes in; small integers where the case has them."""
        shape = (out_features, in_features)
        if self._case.kind == "small integers":
            return self._drawn(self._random.integers(-1, 2, shape), f"RANDOM.integers(-1, 2, {shape})")
        numbers = self._random.standard_normal(shape) / np.sqrt(in_features)
        return self._drawn(numbers, f"RANDOM.standard_normal({shape}) / np.sqrt({in_features})")

    def bias(self, features: int) -> torch.Tensor:
        """A bias vector that is never zero throughout."""
        if self._case.kind == "small integers":
            numbers = self._random.integers(-1, 2, features).astype(np.float64)
            numbers[0] = 1.0
            return self._drawn(numbers, f"np.append([1.0], RANDOM.integers(-1, 2, {features})[1:])")
        return self._drawn(self._random.standard_normal(features), f"RANDOM.standard_normal({features})")

    def choice(self, count: int) -> int:
        """A number from 0 to count - 1."""
        found = int(self._random.integers(0, count))
        if self._is_recorded:
            self._draws.made.append(Draw(f"RANDOM.integers(0, {count})", torch.tensor(found)))
        return found

    def booleans(self, *shape: int, chance: float = 0.5) -> torch.Tensor:
        """True with the given chance."""
        tensor = torch.from_numpy(np.asarray(self._random.random(shape) < chance))
        if self._is_recorded:
            self._draws.made.append(Draw(f"RANDOM.random({shape}) < {chance}", tensor))
        return tensor


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
