"""What wrong numbers have in common: facts that are measured on them, such as a factor, an order, the places that are wrong."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import msgspec

from problems.late import torch

MOST_PLACES = 6
OF_FLOAT32 = "right to the precision of float32"
MEANING = 16  # times what is not wrong yet, a number says something
MOST_SLICES = 12  # along an axis, to look for another order


def largest_of(tensor: torch.Tensor) -> float:
    """The largest finite number, without its sign; 0 where there is none."""
    finite = tensor[torch.isfinite(tensor)]
    return float(finite.abs().max()) if finite.numel() else 0.0


def off_by(mine: torch.Tensor, exact: torch.Tensor) -> torch.Tensor:
    """How far off each element is; infinite where only one of them is NaN or infinite."""
    same = (mine == exact) | (torch.isnan(mine) & torch.isnan(exact))
    off = (mine - exact).abs()
    off = torch.where(torch.isnan(off), math.inf, off)
    return torch.where(same, 0.0, off)


def within(mine: torch.Tensor, exact: torch.Tensor, bound: float) -> bool:
    """Whether each element is off by no more than the bound."""
    difference = (mine - exact).abs()
    if bool((difference <= bound).all()):
        return True
    return bool((off_by(mine, exact) <= bound).all())


def listed(words: Sequence[object], joint: str = "and") -> str:
    """ "a, b and c" """
    *before, last = [str(word) for word in words]
    return f"{', '.join(before)} {joint} {last}" if before else last


def axis_names(rank: int, letters: str = "") -> list[str]:
    """A name for each axis: "axis 1 (T)" where its letter is known, else "axis 1"."""
    known = letters.split()
    if len(known) != rank or "..." in known:
        return [f"axis {axis}" for axis in range(rank)]
    return [f"axis {axis} ({letter})" for axis, letter in enumerate(known)]


def place_lines(wrong: torch.Tensor, axes: Sequence[str]) -> tuple[str, ...]:
    """One line where whole slices along an axis are right and others are not; the axis that says most."""
    if int(wrong.sum()) < 2 or bool(wrong.all()):
        return ()
    best: tuple[float, str] | None = None
    for axis, name in enumerate(axes):
        others = [other for other in range(wrong.dim()) if other != axis]
        bad = wrong.any(dim=others) if others else wrong
        share = float(bad.double().mean())
        if share < 1 and (best is None or share < best[0]):
            best = (share, _place_words(bad, name))
    return () if best is None else (best[1],)


def _place_words(bad: torch.Tensor, axis: str) -> str:
    """ "wrong only at 1 and 2 along axis 1 (T)" """
    places = [int(place) for place in bad.nonzero()[:, 0]]
    free = [int(place) for place in (~bad).nonzero()[:, 0]]
    if len(places) <= min(len(free), MOST_PLACES):
        return f"wrong only at {listed(places)} along {axis}"
    if len(free) <= MOST_PLACES:
        return f"right only at {listed(free)} along {axis}"
    return f"right at {len(free)} of {len(bad)} places along {axis}, the first of them {free[0]}"


def precision_lines(mine: torch.Tensor, exact: torch.Tensor, bound: float) -> tuple[str, ...]:
    """One line where a result in float64 has the digits of float32 and no more; `bound` is what is not wrong yet."""
    single = 4 * torch.finfo(torch.float32).eps * largest_of(exact)
    if bound > single / 100 or not within(mine, exact, single):
        return ()
    return (f"{OF_FLOAT32}, while the inputs are float64: somewhere on the way it is float32",)


class Pattern(msgspec.Struct, frozen=True):
    """A sentence that holds where these two are equal: the result, or the part of it that the sentence is about."""

    words: str
    mine: torch.Tensor
    expected: torch.Tensor


def pattern_lines(
    mine: torch.Tensor, exact: torch.Tensor, bound: float, axes: Sequence[str] = (), name: str = ""
) -> tuple[str, ...]:
    """One line where a simple pattern fits all elements, else none.

    Args:
        mine: what came back.
        exact: what is right.
        bound: what is not wrong yet.
        axes: a name for each axis.
        name: what to call the numbers: "h_n", "the gradient for x".
    """
    largest = largest_of(exact)
    if exact.numel() < 2 or largest <= MEANING * bound:
        return ()
    close = min(4 * bound + 1e-6 * largest, 0.1 * float(off_by(mine, exact).max()))
    what = "result" if name in ("", "result") else name.removeprefix("the ")
    for pattern in _patterns(mine, exact, close, axes or axis_names(exact.dim()), what):
        if within(pattern.mine, pattern.expected, close):
            return (pattern.words,)
    return ()


def _patterns(
    mine: torch.Tensor, exact: torch.Tensor, close: float, axes: Sequence[str], what: str
) -> Iterator[Pattern]:
    """The patterns that could be, the simplest first."""
    if not bool(mine.any()):
        yield Pattern(f"your {what} is zero everywhere", mine, torch.zeros_like(exact))
        return
    yield Pattern(f"your {what} is the right one with its sign turned", mine, -exact)
    large = exact.abs() > 0.05 * largest_of(exact)
    ratio = float((mine[large] / exact[large]).median())
    if math.isfinite(ratio) and abs(ratio - 1) > 1e-3 and _differ(exact[large].abs()):
        yield Pattern(f"yours / expected = {ratio:.4g} everywhere", mine, exact * ratio)
    difference = float((mine - exact).median())
    if math.isfinite(difference) and difference and _differ(exact):
        yield Pattern(f"yours - expected = {difference:.4g} everywhere", mine, exact + difference)
    if exact.dim() >= 2 and exact.shape[-1] == exact.shape[-2] and exact.shape[-1] > 1:
        yield Pattern("rows and columns are swapped", mine, exact.transpose(-1, -2))
    for axis, name in enumerate(axes):
        yield from _along(axis, name, mine, exact, close, what)
    if exact.dim() >= 2 and exact.shape[0] > 1:
        rows = "every row of your batch is the right answer for row 0"
        rows = rows if axes[0].endswith("(B)") else f"all of your {what} along axis 0 is what is right at 0"
        yield Pattern(rows, mine, exact[:1].expand_as(exact))
    numbers = mine.reshape(-1)
    if bool((exact != exact.reshape(-1)[0]).any()):
        yield Pattern(f"your {what} is {float(numbers[0]):.4g} everywhere", mine, numbers[0].expand_as(mine))


def _differ(numbers: torch.Tensor) -> bool:
    """Whether some of them differ clearly: of numbers that are all the same, one factor and one difference fit always."""
    return numbers.numel() > 1 and float(numbers.max() - numbers.min()) > 1e-3 * largest_of(numbers)


def _along(axis: int, name: str, mine: torch.Tensor, exact: torch.Tensor, close: float, what: str) -> Iterator[Pattern]:
    """Reversed; or shifted by one, whatever stands at the end that is left free; or in another order."""
    length = exact.shape[axis]
    if length > 1:
        words = f"your {what} is the right one in reverse order along {name}"
        yield Pattern(words, mine, exact.flip(axis))
    if length > 2:
        for words, to, since in (("shifted", 1, 0), ("shifted back", 0, 1)):
            moved, start = mine.narrow(axis, to, length - 1), exact.narrow(axis, since, length - 1)
            if not within(moved, exact.narrow(axis, to, length - 1), close):
                yield Pattern(f"yours equals expected {words} by one position along {name}", moved, start)
    if 2 < length <= MOST_SLICES:
        order = _order(axis, mine, exact, close)
        if order is not None:
            words = f"along {name} yours stands in another order: it has what is right at {listed(order)}"
            yield Pattern(words, mine, exact.index_select(axis, torch.tensor(order)))


def _order(axis: int, mine: torch.Tensor, exact: torch.Tensor, close: float) -> list[int] | None:
    """The places of the right slices in the order in which they came back, where all of them did, each once."""
    theirs = exact.unbind(axis)
    if any(within(a, b, close) for a, b in itertools.combinations(theirs, 2)):
        return None
    order: list[int] = []
    for part in mine.unbind(axis):
        fitting = [place for place, right in enumerate(theirs) if within(part, right, close)]
        if len(fitting) != 1:
            return None
        order += fitting
    return order if sorted(order) == list(range(len(theirs))) and order != sorted(order) else None
