"""The arrays that were seen in a trace, by place and name, and whether two hold the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from judge.source import Place
from problems.comparison import as_tensor, is_array
from problems.late import torch
from sandbox import Several, TraceEvent, TraceLog

MOST_PARTS = 6
ROWS_TOLERANCE = 1e-3
SUFFIX = re.compile(r"_[A-Z]+$")

Key = tuple[int, int, str]
"""Step, place and path."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One array that was seen.

    Attributes:
        key: the step, place and path.
        name: "scores"; "forward()" for what a function returns.
        line: that assigned it.
        times: which time it was.
        order: among all that was seen.
        given: it goes into the first function of its step.
        final: it comes back from it.
        partial: its function fills it bit by bit.
        tracked: it carries a gradient.
        value: its numbers.
    """

    key: Key
    name: str
    line: int
    times: int
    order: int
    given: bool
    final: bool
    partial: bool
    tracked: bool
    value: torch.Tensor


def known_arrays(places: Sequence[Place], watched: TraceLog) -> list[Known]:
    """All arrays of a trace, in the order they were seen."""
    found: list[Known] = []
    entered: dict[int, int] = {}  # by step, the function that was called
    last = {seen.step: order for order, seen in enumerate(watched.events) if seen.event == "return"}
    filled = {(place.function, path) for place in places for path in place.partial}
    for order, seen in enumerate(watched.events):
        place = places[seen.place]
        given = seen.event == "enter" and seen.step not in entered
        if given:
            entered[seen.step] = place.function
        final = last.get(seen.step) == order and entered.get(seen.step) == place.function
        if seen.event == "raise":
            continue
        for path, value, tracked in paired(place, seen):
            if is_array(value):
                returns = f"{places[place.function].name}(){path}"
                found.append(
                    Known(
                        key=(seen.step, seen.place, path),
                        name=returns if seen.event == "return" else path,
                        line=place.head,
                        times=seen.times,
                        order=order,
                        given=given,
                        final=final,
                        partial=(place.function, path) in filled,
                        tracked=tracked,
                        value=as_tensor(value).detach(),
                    )
                )
    return found


def paired(place: Place, seen: TraceEvent) -> Iterator[tuple[str, Any, bool]]:
    """The names of an event with their values, and whether these carry a gradient; "" for what is returned.

    A short tuple of arrays is taken apart: "state[0]", "state[1]".
    """
    names: tuple[str, ...] = place.paths
    if seen.event == "return":
        names = ("",)
    elif seen.event == "raise":
        names = place.uses
    for name, value, tracked in zip(names, seen.values, seen.tracked, strict=False):
        parts = list(_parts(name, value))
        if len(parts) > 1 and len(parts) <= MOST_PARTS and all(is_array(part) for _, part in parts):
            yield from ((path, part, True) for path, part in parts)
        else:
            yield name, value, tracked


def _parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Several) and value.kind == "tuple" and value.count == len(value.items):
        for place, item in enumerate(value.items):
            yield from _parts(f"{name}[{place}]", item)
    else:
        yield name, value


Shapes = dict[tuple[int, str], tuple[int, ...]]
"""By place and path, a shape."""


def shapes_of(known: Sequence[Known]) -> Shapes:
    """The shape that each name had the first time."""
    found: Shapes = {}
    for each in known:
        found.setdefault(each.key[1:], tuple(each.value.shape))
    return found


def same(mine: torch.Tensor, other: torch.Tensor, tolerance: float) -> bool:
    """Whether two arrays of one shape hold the same numbers, up to rounding."""
    return not bool(_differing(mine, other, tolerance).any())


def first_difference(mine: torch.Tensor, other: torch.Tensor, tolerance: float) -> tuple[int, ...]:
    """The index of the first number that is not the same."""
    wrong = _differing(mine, other, tolerance)
    return tuple(int(part) for part in wrong.nonzero()[0]) if bool(wrong.any()) else (0,) * mine.dim()


def _differing(mine: torch.Tensor, other: torch.Tensor, tolerance: float) -> torch.Tensor:
    if not (mine.is_floating_point() or mine.is_complex()):
        return mine != other
    a, b = _wide(mine), _wide(other)
    finite = torch.isfinite(b)
    scale = float(b[finite].abs().max()) if bool(finite.any()) else 0.0
    equal = (a == b) | (torch.isnan(a) & torch.isnan(b)) | ((a - b).abs() <= tolerance * scale)
    return ~equal


def _wide(array: torch.Tensor) -> torch.Tensor:
    return array.to(torch.complex128 if array.is_complex() else torch.float64)


def is_plain(array: torch.Tensor) -> bool:
    """Whether it is one number many times, as what is yet to be filled is."""
    return array.numel() > 1 and bool((array == array.flatten()[0]).all())


def sums_to_one(array: torch.Tensor) -> bool:
    """Whether it looks like probabilities along its last axis."""
    if not array.is_floating_point() or array.dim() < 1 or not array.numel() or bool((array < 0).any()):
        return False
    return bool(((array.double().sum(-1) - 1).abs() < ROWS_TOLERANCE).all())


def base_name(name: str) -> str:
    """A name without its shape suffix and what it hangs on: "scores" for "self.scores_BHTS"."""
    return SUFFIX.sub("", name.rpartition(".")[2]).lower()


def is_named_alike(mine: str, other: str) -> bool:
    """Whether two names seem to mean one thing: "score" and "scores_BHTS"."""
    a, b = base_name(mine), base_name(other)
    return a == b or (min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a)))
