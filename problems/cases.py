"""Cases: a few numbers that everything else follows from. Drawn by Hypothesis, independent of any solution.

A case holds sizes, a kind of values, a memory layout and a seed; the arrays are made from it when they are needed. The first
of every list is the simplest: that is what Hypothesis shrinks to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import torch

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny")
LAYOUTS = ("contiguous", "transposed", "sliced", "expanded")
DTYPES = ("float32", "float64")
HALF = ("float16", "bfloat16")  # drawn where a statement asks for them; of torch alone


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What one case is made of.

    Attributes:
        sizes: by their letters.
        dtype: "float32" or "float64"; one of `HALF` where the statement asks for it.
        kind: of values, see `KINDS`.
        layout: of the inputs in memory, see `LAYOUTS`.
        seed: that the values follow from.
        options: what is special to a problem.
    """

    sizes: dict[str, int]
    dtype: str = "float32"
    kind: str = "small integers"
    layout: str = "contiguous"
    seed: int = 0
    options: dict[str, Any] = {}

    @property
    def torch_dtype(self) -> torch.dtype:
        """The dtype as torch knows it."""
        dtype: torch.dtype = getattr(torch, self.dtype)
        return dtype


def cases(
    sizes: Mapping[str, Sequence[int]],
    *,
    dtypes: Sequence[str] = DTYPES,
    kinds: Sequence[str] = KINDS,
    layouts: Sequence[str] = LAYOUTS,
    options: Mapping[str, Sequence[Any]] | None = None,
    derived: Mapping[str, Callable[[dict[str, int]], int]] | None = None,
    large: Sequence[Mapping[str, int]] = ({},),
) -> SearchStrategy[Case]:
    """Cases with each part drawn from its list; the first of each list is what shrinking ends at.

    Args:
        sizes: by letter, what to draw from.
        dtypes: to draw from; `kinds`, `layouts` and `options` likewise.
        derived: sizes that follow from those drawn.
        large: sizes that take the place of those drawn; each case takes one of these.
    """
    from hypothesis import strategies as st

    def one_of(values: Sequence[Any]) -> SearchStrategy[Any] | None:
        return st.sampled_from(list(values)) if len(values) > 1 else None

    size_of = {letter: (one_of(values), values[0]) for letter, values in sizes.items()}
    option_of = {name: (one_of(values), values[0]) for name, values in (options or {}).items()}
    large_of, kind_of, dtype_of, layout_of = one_of(large), one_of(kinds), one_of(dtypes), one_of(layouts)
    seed_of = st.integers(0, 2**20)

    @st.composite
    def draw_case(draw: DrawFn) -> Case:
        drawn = {
            letter: draw(strategy) if strategy is not None else only for letter, (strategy, only) in size_of.items()
        }
        drawn |= draw(large_of) if large_of is not None else large[0]
        return Case(
            sizes=drawn | {letter: rule(drawn) for letter, rule in (derived or {}).items()},
            kind=draw(kind_of) if kind_of is not None else kinds[0],
            dtype=draw(dtype_of) if dtype_of is not None else dtypes[0],
            layout=draw(layout_of) if layout_of is not None else layouts[0],
            options={
                name: draw(strategy) if strategy is not None else only for name, (strategy, only) in option_of.items()
            },
            seed=draw(seed_of),
        )

    return draw_case()


def plain_cases(
    sizes: Mapping[str, Sequence[int]], *, kinds: Sequence[str] = ("ordinary",), **more: Any
) -> SearchStrategy[Case]:
    """`cases` for problems without arrays: nothing lies in memory in one way or another, and Python's floats are float64."""
    return cases(sizes, kinds=kinds, dtypes=("float64",), layouts=("contiguous",), **more)


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
