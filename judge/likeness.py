"""Which of the reference's intermediates a value is, and where the two part.

Values are compared as numbers: the same, the same with axes in another order, the same in another shape. What is none of these is
set beside an intermediate of its shape that nothing else equals, in the order they are computed: the first such value is usually
where the mistake is.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import torch

from judge.statements import Place
from judge.trace import Likeness
from problems.comparison import as_tensor, is_array
from sandbox import Sighting, Watched

TOLERANCE = {"float32": 1e-4, "float64": 1e-9}
MOST_AXES = 4
MOST_CANDIDATES = 200
SUFFIX = re.compile(r"_[A-Z]+$")

Key = tuple[int, int, str]
"""Step, place and path."""


class Known(msgspec.Struct, frozen=True):
    """One array that was seen: the step, place and path, the how many times it was, its order among all, and its numbers."""

    key: Key
    name: str
    line: int
    times: int
    order: int
    given: bool
    tracked: bool
    value: torch.Tensor


def known_arrays(places: Sequence[Place], watched: Watched) -> list[Known]:
    """All arrays of a trace. `given` are those that go into the first function of a step."""
    found: list[Known] = []
    entered: set[int] = set()
    for order, seen in enumerate(watched.sightings):
        place = places[seen.place]
        given = seen.event == "enter" and seen.step not in entered
        entered |= {seen.step} if seen.event == "enter" else set()
        for (path, value), tracked in zip(paired(place, seen), seen.tracked, strict=False):
            if is_array(value):
                name = path or f"what {places[place.function].name} returns"
                key = (seen.step, seen.place, path)
                array = as_tensor(value).detach()
                found.append(Known(key, name, place.head, seen.times, order, given, tracked, array))
    return found


def paired(place: Place, seen: Sighting) -> Iterator[tuple[str, Any]]:
    """The names of a sighting with their values; "" for what is returned."""
    names: tuple[str, ...] = place.paths
    if seen.event == "return":
        names = ("",)
    elif seen.event == "raise":
        names = place.uses
    return zip(names, seen.values, strict=False)


class Likenesses:
    """What each of a solution's values is like.

    Args:
        mine: the solution's arrays.
        theirs: the reference's.
        counts: how often each place of the solution was reached; `their_counts` of the reference.
        dtype: of the case.
        failing: whether values that differ are to be pointed at.
        gradients: whether gradients that are lost are.
    """

    def __init__(
        self,
        mine: Sequence[Known],
        theirs: Sequence[Known],
        counts: dict[tuple[int, int], int],
        their_counts: dict[tuple[int, int], int],
        dtype: str,
        *,
        failing: bool,
        gradients: bool = False,
    ) -> None:
        self._gradients = gradients and failing
        self._tolerance = TOLERANCE[dtype]
        self._theirs = theirs
        self._counts = counts
        self._their_counts = their_counts
        self._first: dict[Key, Likeness] = {}
        self._equalled: set[Key] = set()
        self._pairs: dict[Key, Key] = {}
        self._times: dict[Key, list[Known]] = {}
        self.differences: list[tuple[Known, Likeness]] = []
        for known in mine:
            if not known.given:
                self._times.setdefault(known.key, []).append(known)
        for key, times in self._times.items():
            self._look_for_equal(key, times)
        if failing:
            self._look_for_different()

    def of(self, key: Key) -> Likeness | None:
        """What a value is like: the first time it was assigned, or the first time that there is something to say."""
        return self._first.get(key)

    def _look_for_equal(self, key: Key, times: Sequence[Known]) -> None:
        for known in times:
            found = self._equal(known)
            if found is not None:
                other, likeness = found
                lost = other.tracked and not known.tracked and known.value.is_floating_point()
                self._first[key] = msgspec.structs.replace(likeness, times=known.times, gradient_lost=lost)
                if lost and self._gradients:
                    self.differences.append((known, self._first[key]))
                self._equalled.add(other.key)
                self._pairs[key] = other.key
                return

    def _equal(self, known: Known) -> tuple[Known, Likeness] | None:
        mine = known.value
        near = [other for other in self._theirs if other.key[0] == known.key[0] and _one_kind(mine, other.value)]
        near = [other for other in near if other.value.numel() == mine.numel()]
        near.sort(key=lambda other: _rank(known, other))
        near = near[:MOST_CANDIDATES]
        for other in near:
            if other.value.shape == mine.shape and same(mine, other.value, self._tolerance):
                return other, _likeness("same", other)
        if mine.numel() < 2 or bool((mine == mine.flatten()[0]).all()):
            return None  # one number many times says nothing about its axes
        for other in near:
            axes = self._axes(mine, other.value)
            if axes is not None:
                return other, msgspec.structs.replace(_likeness("transposed", other), axes=axes)
        for other in near:
            if same(mine.flatten(), other.value.flatten(), self._tolerance):
                return other, _likeness("reshaped", other)
        return None

    def _axes(self, mine: torch.Tensor, other: torch.Tensor) -> tuple[int, ...] | None:
        """The order of axes in which one array is the other."""
        if mine.dim() != other.dim() or not 2 <= mine.dim() <= MOST_AXES:
            return None
        if sorted(mine.shape) != sorted(other.shape):
            return None
        for axes in itertools.permutations(range(mine.dim())):
            turned = mine.permute(axes)
            if turned.shape == other.shape and same(turned, other, self._tolerance):
                return axes
        return None

    def _look_for_different(self) -> None:
        """Set what equals nothing beside what nothing equals."""
        after = -1
        for key, times in self._times.items():
            if key in self._first:
                after = max([after, *(o.order for o in self._theirs if o.key == self._pairs[key] and not o.given)])
                self._look_later(key, times)
                continue
            other = self._counterpart(times[0], after)
            if other is None:
                continue
            after = max(after, other.order)
            self._pairs[key] = other.key
            self._equalled.add(other.key)
            if other.value.shape == times[0].value.shape:
                self._differs(times[0], other)
            else:
                self._first[key] = _likeness("other shape", other)

    def _counterpart(self, known: Known, after: int) -> Known | None:
        """An intermediate that is reached as often and that nothing equals: of the same shape, or else of the same name."""
        often = self._counts.get(known.key[:2])
        free = [
            other
            for other in self._theirs
            if other.key[0] == known.key[0]
            and other.times == 1
            and not other.given
            and other.key not in self._equalled
            and _one_kind(known.value, other.value)
            and self._their_counts.get(other.key[:2]) == often
        ]
        shaped = [other for other in free if other.value.shape == known.value.shape]
        named = [other for other in shaped if is_named_alike(known.name, other.name)]
        plain = bool((known.value == known.value.flatten()[0]).all()) if known.value.numel() else True
        following = [other for other in shaped if other.order > after and not plain]
        alike = [other for other in free if base_name(known.name) == base_name(other.name)]
        return next(iter([*named, *following, *alike]), None)

    def _look_later(self, key: Key, times: Sequence[Known]) -> None:
        """A value that is right the first time, and another one later."""
        pair = self._pairs[key]
        if self._first[key].times != 1 or self._counts.get(key[:2]) != self._their_counts.get(pair[:2]):
            return
        for known in times[1:]:
            other = next((o for o in self._theirs if o.key == pair and o.times == known.times), None)
            if other is None or other.value.shape != known.value.shape:
                return
            if self._equal(known) is None:
                self._differs(known, other)
                return

    def _differs(self, known: Known, other: Known) -> None:
        index = first_difference(known.value, other.value, self._tolerance)
        likeness = msgspec.structs.replace(
            _likeness("differs", other),
            times=known.times,
            index=index,
            yours=_number(known.value, index),
            theirs=_number(other.value, index),
        )
        self._first[known.key] = likeness
        self.differences.append((known, likeness))


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


def _one_kind(mine: torch.Tensor, other: torch.Tensor) -> bool:
    """Both floating, both integers, or both booleans."""
    if mine.is_complex() or other.is_complex():
        return mine.is_complex() and other.is_complex()
    if mine.is_floating_point() or other.is_floating_point():
        return mine.is_floating_point() and other.is_floating_point()
    return (mine.dtype == torch.bool) == (other.dtype == torch.bool)


def _rank(known: Known, other: Known) -> tuple[bool, bool, bool, bool, int]:
    """What is tried first: names given by the reference, names alike, the same time, then the order of computation."""
    unnamed = other.name.startswith("what ")
    return other.given, not is_named_alike(known.name, other.name), unnamed, known.times != other.times, other.order


def base_name(name: str) -> str:
    """A name without its shape suffix and what it hangs on: "scores" for "self.scores_BHTS"."""
    return SUFFIX.sub("", name.rpartition(".")[2]).lower()


def is_named_alike(mine: str, other: str) -> bool:
    """Whether two names seem to mean one thing: "score" and "scores_BHTS"."""
    a, b = base_name(mine), base_name(other)
    return a == b or (min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a)))


def _likeness(kind: Any, other: Known) -> Likeness:
    return Likeness(kind=kind, name=other.name, line=other.line, shape=tuple(other.value.shape))


def _number(array: torch.Tensor, index: tuple[int, ...]) -> Any:
    value = array[index].item()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return str(value) if isinstance(value, complex) else value
