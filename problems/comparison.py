"""Comparing numbers: type, dtype, shape, then values, with a bound that is estimated on the case at hand.

The expected value is computed in float64. How far off an answer may be is asked of the reference, in three steps, each tried
only where the one before does not admit the answer:

1. 16 eps of the largest expected value;
2. and 8 times the error that the reference itself makes in the answer's precision on this case;
3. and 8 times the error it makes where each of its operations is off by a random eps, in 3 runs (Monte Carlo arithmetic: Parker,
   Pierce and Eggert, 2000; one run where the answer is off beyond any rounding), and 4 eps of the largest intermediate value, relative
   to the largest expected value: `exp(s - logsumexp(s))` is a right way to write softmax and is off by eps of the largest score. Where
   all expected values are tiny, relative to 1, if the values on the way reach 1: `(1 + tanh(z / 2)) / 2` is a right way to write a
   sigmoid and is off by eps, however small it is. Where all expected values are zero but for rounding, since numbers cancel, as in the
   gradient for keys that are all alike, the 4 eps are of the largest intermediate value itself: each way of computing leaves something
   else;
4. and the same in 24 runs, where it is off by little more: where numbers cancel, `lse - x` for one, a few runs can agree by chance.

What step 3 can't see in float32 at huge values, the float64 cases at the same values must.

Half precision, where it is asked for, is what numbers are kept in, and float32 is what is computed in: a result in float16 or
bfloat16 gets the bound of float32, and besides 4 eps of its own dtype, since it is rounded to it, perhaps once before it is scaled
and once after. Gradients pass through every tensor that is kept in half precision and are rounded there: they get the three steps
with the eps of their dtype.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np

from problems.asks import Unreadable
from problems.cases import HALF
from problems.kinds import Breach, Kind
from problems.late import torch
from problems.patterns import (
    axis_names,
    largest_of,
    listed,
    off_by,
    pattern_lines,
    place_lines,
    precision_lines,
    within,
)

FLOOR = 16.0
OWN_ERROR = 8.0
INTERMEDIATE = 4.0
NOTHING = 1e-9  # of the largest intermediate value: what is smaller is what float64 has left of numbers that cancel
ROUNDINGS = 4.0
# How many runs, and how many times the bound from these an answer must be off for them to suffice. Where numbers cancel, a few runs can
# agree by chance: one run off by a 32,768th of what is usual is as rare as three that are each off by a 32nd.
RUNS = ((1, 32.0**3), (3, 32.0), (24, 0.0))


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with an answer.

    Attributes:
        verdict: WRONG_ANSWER, WRONG_SHAPE, or LOAD_ERROR for a part that is missing.
        breach: what it shows, where that is more than the verdict says.
        sentence: what was found, to the user; stands by itself.
        facts: more lines.
        expected: the right tensor, where there is one.
        actual: what came back in its place.
        worst_index: of the element that is furthest off.
        name: of the result that is wrong ("h_n").
        step: place of the step in the program.
        measured: what varies from run to run: CPU seconds of calls, by words for them.
    """

    verdict: Kind = Kind.WRONG_ANSWER
    breach: Breach | None = None
    sentence: str
    facts: tuple[str, ...] = ()
    expected: Any = None
    actual: Any = None
    worst_index: tuple[int, ...] | None = None
    name: str = ""
    step: int = -1
    measured: dict[str, float] = {}


class Rough(msgspec.Struct, frozen=True):
    """What the reference computes where each operation is a little off, and the largest number on the way."""

    values: list[Any]
    largest: float


class Expected(Protocol):
    """What is right for one step, and how sure the reference is of it."""

    def exact(self) -> Any:
        """The result in float64."""

    def single(self) -> Any:
        """The result in float32."""

    def rough(self, eps: float, runs: int) -> Rough:
        """So many results with an error of eps in each operation."""


class Layout(msgspec.Struct, frozen=True):
    """A result's name and its sizes by their letters: `Layout("h_n", "B H")`."""

    name: str
    letters: str

    def words(self, sizes: dict[str, int]) -> str:
        """ "[B, S+T] = [2, 3]" """
        letters = self.letters.split()
        if not letters:
            return "a single number"
        named = f"[{', '.join(letters)}]"
        if "..." in letters:
            return named
        shown = [str(sum(sizes[term] for term in part.split("+"))) for part in letters]
        return f"{named} = [{', '.join(shown)}]"


class Plain(msgspec.Struct, frozen=True):
    """A result of plain Python values, of the types that the reference's answer has (`problems.plain`).

    Attributes:
        name: what to call it.
        parts: names of its items, where it is a list of things that have names ("a.grad").
    """

    name: str = "result"
    parts: tuple[str, ...] = ()


ArrayTree = Layout | tuple[Any, ...]
LayoutTree = ArrayTree | Plain


def dtype_name(value: Any) -> str:
    """ "float32" for tensors and arrays alike."""
    return str(value.dtype).removeprefix("torch.")


def is_array(value: Any) -> bool:
    """Whether it is a tensor or a NumPy array."""
    return isinstance(value, torch.Tensor) or type(value).__name__ == "ndarray"


def as_tensor(value: Any) -> torch.Tensor:
    """A tensor of a tensor or array."""
    return value if isinstance(value, torch.Tensor) else torch.from_numpy(value)


def said(value: Any) -> str:
    """What a value is, in words that follow "you returned "."""
    if isinstance(value, Unreadable):
        return value.why
    if value is None:
        return "None"
    if is_array(value):
        kind = "a tensor" if isinstance(value, torch.Tensor) else "an array"
        return f"{kind} of shape {list(value.shape)}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"{'an' if type(value).__name__[0] in 'aeiou' else 'a'} {type(value).__name__}"


def _asked(layout: ArrayTree) -> str:
    if isinstance(layout, Layout):
        return layout.name
    return "(" + ", ".join(_asked(item) for item in layout) + ")"


def structure_fault(actual: Any, layout: ArrayTree, arrays: str) -> Finding | None:
    """Tuples where tuples are asked for, arrays where arrays are; `arrays` is "tensor" or "array"."""
    if isinstance(layout, Layout):
        if is_array(actual) and (isinstance(actual, torch.Tensor) == (arrays == "tensor")):
            return None
        kind = "a tensor" if arrays == "tensor" else "a NumPy array" if layout.letters else "a float"
        what = f"{layout.name} is {said(actual)}" if layout.name != "result" else f"you returned {said(actual)}"
        if is_array(actual):
            what = f"{layout.name} is {'a torch tensor' if arrays != 'tensor' else 'a NumPy array'}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=f"{what}; expected {kind}", name=layout.name)
    if type(actual) is not tuple:
        return Finding(
            verdict=Kind.WRONG_SHAPE, sentence=f"you returned {said(actual)}; expected a tuple {_asked(layout)}"
        )
    if len(actual) != len(layout):
        what = f"you returned a tuple of {len(actual)}; expected {_asked(layout)}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=what)
    for item, part in zip(actual, layout, strict=True):
        if fault := structure_fault(item, part, arrays):
            return fault
    return None


def as_asked(value: Any, layout: LayoutTree, dtype: str, arrays: str) -> Any:
    """The result with arrays for Python's numbers where one number is asked for: in NumPy, `float(loss)` is a loss as well."""
    if isinstance(layout, tuple):
        if type(value) is not tuple or len(value) != len(layout):
            return value
        return tuple(as_asked(item, part, dtype, arrays) for item, part in zip(value, layout, strict=True))
    if type(value) is float and isinstance(layout, Layout) and not layout.letters and arrays == "array":
        with np.errstate(over="ignore"):
            return np.asarray(value, dtype=dtype)
    return value


def leaves(value: Any) -> list[Any]:
    """The arrays of a result, in order."""
    if isinstance(value, (tuple, list)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def shape_fault(
    actual: Any, expected: Any, layout: ArrayTree, *, dtype: str, sizes: dict[str, int], arrays: str
) -> Finding | None:
    """Type, dtype and shape of a whole result."""
    if fault := structure_fault(actual, layout, arrays):
        return fault
    parts = list(zip(leaves(actual), leaves(expected), leaves(layout), strict=True))
    faults = [_leaf_fault(mine, right, part, dtype, sizes) for mine, right, part in parts]
    first = next((found for found in faults if found is not None), None)
    as_asked = [part.name for found, (_, _, part) in zip(faults, parts, strict=True) if found is None]
    if first is None or not as_asked:
        return first
    fact = f"{listed(as_asked)} {'has' if len(as_asked) == 1 else 'have'} the right shape and dtype"
    return msgspec.structs.replace(first, facts=(fact,))


def _leaf_fault(mine: Any, right: Any, part: Layout, dtype: str, sizes: dict[str, int]) -> Finding | None:
    """Dtype and shape of one tensor of it."""
    name = "the result" if part.name == "result" else part.name
    wanted = dtype if right.is_floating_point() else dtype_name(right)
    if tuple(mine.shape) != tuple(right.shape):
        subject = "you returned" if part.name == "result" else f"{part.name} has shape"
        asked = part.words(sizes)
        asked = f"{asked} = {list(right.shape)}" if "..." in part.letters else asked
        text = f"{subject} {list(mine.shape)}; expected {asked}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=text, name=part.name, actual=mine)
    if dtype_name(mine) != wanted:
        text = f"{name} has dtype {dtype_name(mine)}; expected {wanted}"
        if wanted == dtype:
            text += f", since the inputs are {dtype}"
        return Finding(verdict=Kind.WRONG_SHAPE, sentence=text, name=part.name, actual=mine)
    return None


def compare(actual: Any, expected: Expected, layout: ArrayTree, *, eps: float | None = None) -> Finding | None:
    """Values of a result whose type, dtype and shape are right; None where all are within the bound."""
    first: Finding | None = None
    right: list[str] = []
    exact = leaves(expected.exact())
    for place, (mine, wanted, part) in enumerate(zip(leaves(actual), exact, leaves(layout), strict=True)):
        found = compare_array(
            mine,
            wanted,
            single=lambda place=place: leaves(expected.single())[place],  # type: ignore[misc]
            rough=lambda eps, runs, place=place: _rough_leaf(expected.rough(eps, runs), place),  # type: ignore[misc]
            name=part.name,
            letters=part.letters,
            inside=torch.float32 if is_array(mine) and dtype_name(mine) in HALF else None,
        )
        first = first or found
        if found is None and bool(wanted.any()):  # zeros are easily right
            right.append(part.name)
    if first is None or not right:
        return first
    return msgspec.structs.replace(
        first, facts=(*first.facts, f"{listed(right)} {'is' if len(right) == 1 else 'are'} right")
    )


def _rough_leaf(rough: Rough, place: int) -> Rough:
    return Rough([leaves(value)[place] for value in rough.values], rough.largest)


def compare_array(
    actual: Any,
    exact: torch.Tensor,
    *,
    single: Callable[[], Any],
    rough: Callable[[float, int], Rough],
    name: str,
    letters: str = "",
    inside: torch.dtype | None = None,
) -> Finding | None:
    """Values of one array against the exact ones.

    Args:
        actual: of the right dtype and shape.
        exact: in float64 (or integers, which must be equal).
        single: the reference's result in float32.
        rough: so many of the reference's results with an error of eps in each operation.
        name: what to call it.
        letters: of its sizes, where they are known.
        inside: what is computed in, where that is not the dtype of the array, which is then only rounded to.
    """
    mine = as_tensor(actual).detach()
    found = _compare_numbers(mine, exact, single=single, rough=rough, name=name, letters=letters, inside=inside)
    return None if found is None else msgspec.structs.replace(found, expected=exact.to(mine.dtype), actual=mine)


def _compare_numbers(
    mine: torch.Tensor,
    exact: torch.Tensor,
    *,
    single: Callable[[], Any],
    rough: Callable[[float, int], Rough],
    name: str,
    letters: str,
    inside: torch.dtype | None,
) -> Finding | None:
    if not exact.is_floating_point():
        return _finding(mine.double(), exact.double(), 0.0, name, letters)
    mine64 = mine.double()
    bound = 0.0
    for bound in bounds_of(exact, single, mine.dtype, inside):
        if within(mine64, exact, bound):
            return None
    eps = torch.finfo(inside or mine.dtype).eps
    for runs, near in RUNS:
        disturbed = rough(eps, runs)
        allowed = rough_bound(bound, exact, disturbed, eps)
        if within(mine64, exact, allowed):
            return None
        if not within(mine64, exact, near * (allowed + eps * disturbed.largest)):
            break
    return _finding(mine64, exact, allowed, name, letters, precise=mine.dtype is torch.float64)


def bounds_of(
    exact: torch.Tensor, single: Callable[[], Any], dtype: torch.dtype, inside: torch.dtype | None
) -> Iterator[float]:
    """How far off an answer may be by the first two steps, one after the other.

    Args:
        exact: in float64.
        single: the reference's result in float32; asked for the second step.
        dtype: of the answer.
        inside: what is computed in, where that is not this dtype.
    """
    eps = torch.finfo(inside or dtype).eps
    largest = largest_of(exact)
    bound = FLOOR * eps * largest
    if inside is not None:
        bound += ROUNDINGS * torch.finfo(dtype).eps * largest
    yield bound
    yield bound + OWN_ERROR * _distance(single(), exact) * eps / torch.finfo(torch.float32).eps


def rough_bound(bound: float, exact: torch.Tensor, disturbed: Rough, eps: float) -> float:
    """How far off an answer may be by the third step.

    Args:
        bound: by the second.
        exact: in float64.
        disturbed: what the reference has where each operation is off by a random eps.
        eps: of what is computed in.
    """
    largest = largest_of(exact)
    bound += OWN_ERROR * max((_distance(value, exact) for value in disturbed.values), default=0.0)
    bound += INTERMEDIATE * eps * (max(1.0, disturbed.largest) * largest + min(1.0, disturbed.largest))
    return bound + (INTERMEDIATE * eps * disturbed.largest if largest <= NOTHING * disturbed.largest else 0.0)


def _distance(value: torch.Tensor, exact: torch.Tensor) -> float:
    """Largest difference among the elements that are finite in both."""
    difference = (value.double() - exact).abs()
    difference = difference[torch.isfinite(difference)]
    return float(difference.max()) if difference.numel() else 0.0


def _finding(
    mine: torch.Tensor, exact: torch.Tensor, bound: float, name: str, letters: str, *, precise: bool = False
) -> Finding | None:
    off = off_by(mine, exact)
    wrong = off > bound
    if not bool(wrong.any()):
        return None
    flat = int(torch.where(torch.isnan(mine) & ~torch.isnan(exact), math.inf, off).argmax())
    worst = index_of(flat, exact.shape)
    count, total = int(wrong.sum()), wrong.numel()
    what = "the result" if name == "result" else name
    bad = torch.isnan(mine) & ~torch.isnan(exact)
    infinite = torch.isinf(mine) & torch.isfinite(exact)
    if not exact.dim():
        sentence = f"{what} is {_told_apart(float(mine), float(exact), '; expected ')}"
    elif bool(bad.any()):
        first = [int(i) for i in bad.nonzero()[0]]
        sentence = f"{int(bad.sum())} of {total} numbers in {what} are NaN, the first at {first}"
    elif bool(infinite.any()):
        first = [int(i) for i in infinite.nonzero()[0]]
        sentence = f"{int(infinite.sum())} of {total} numbers in {what} are infinite, the first at {first}"
    elif total == 1:
        numbers = float(mine.reshape(-1)[0]), float(exact.reshape(-1)[0])
        sentence = f"{what} is {_told_apart(*numbers, '; expected ')}"
    else:
        where = f"{count} of {total} numbers" if count < total else f"all {total} numbers"
        sentence = (
            f"{where} in {what} are wrong; the furthest off is at {list(worst)}: "
            f"{_told_apart(float(mine[worst]), float(exact[worst]), ' instead of ')}"
        )
    axes = axis_names(exact.dim(), letters)
    facts = place_lines(wrong, axes)
    if not bool(bad.any()) and not bool(infinite.any()):
        facts = (
            *(precision_lines(mine, exact, bound) if precise else ()),
            *(pattern_lines(mine, exact, bound, axes, name) or facts),
        )
    return Finding(sentence=sentence, facts=facts, expected=exact, actual=mine, worst_index=worst, name=name)


def index_of(place: int, shape: Sequence[int]) -> tuple[int, ...]:
    """The index of the element at a place in row-major order. Torch's own function imports half a second of symbolic mathematics."""
    return tuple(int(axis) for axis in np.unravel_index(place, tuple(shape)))


def _told_apart(mine: float, right: float, words: str) -> str:
    """Two numbers with as many digits as it takes to see that they differ, six at least."""
    digits = next((each for each in (6, 9, 12) if f"{mine:.{each}g}" != f"{right:.{each}g}"), 17)
    return f"{mine:.{digits}g}{words}{right:.{digits}g}"
