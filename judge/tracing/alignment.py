"""Which of the reference's intermediates a value is, and where the two part.

Values are compared as numbers: the same, the same with axes in another order, the same in another shape. What is none of these is
set beside an intermediate of its shape that nothing else equals, in the order they are computed: the first such value is usually
where the mistake is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from judge.source import Place
from judge.tracing.observed import (
    Key,
    Known,
    Shapes,
    base_name,
    first_difference,
    is_named_alike,
    is_plain,
    same,
    sums_to_one,
)
from judge.verdict import Alignment
from problems.late import torch

TOLERANCE = {"float32": 1e-4, "float64": 1e-9, "float16": 1e-2, "bfloat16": 5e-2}
MOST_AXES = 4
MOST_CANDIDATES = 200


class Alignments:
    """What each of a solution's values is like.

    Args:
        mine: the solution's arrays.
        theirs: the reference's.
        counts: how often each place of the solution was reached; `their_counts` of the reference.
        dtype: of the case.
        failing: whether values that differ are to be pointed at.
        gradients: whether gradients that are lost are.
        elsewhere: shapes of the solution's and of the reference's names in a case whose sizes tell them apart: there too, what is set
            side by side must have one shape.
        places: of the solution, where it is known which line uses what: a difference that later lines make good is none.
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
        elsewhere: tuple[Shapes, Shapes] = ({}, {}),
        places: Sequence[Place] = (),
    ) -> None:
        self._places = places
        self._functions = [number for number, place in enumerate(places) if place.kind == "function"]
        self._beside: dict[Key, Known] = {}
        self._elsewhere = elsewhere
        self._failing = failing
        self._gradients = gradients and failing
        self._least = TOLERANCE[dtype]
        self._theirs = theirs
        self._counts = counts
        self._their_counts = their_counts
        self._first: dict[Key, Alignment] = {}
        self._equalled: set[Key] = set()
        self._pairs: dict[Key, Key] = {}
        self._times: dict[Key, list[Known]] = {}
        self.differences: list[tuple[Known, Alignment]] = []
        for known in mine:
            if not known.given:
                self._times.setdefault(known.key, []).append(known)
        for key, times in self._times.items():
            self._look_for_equal(key, times)
        if failing:
            self._look_for_different()
            self._forget_what_is_made_good()

    def of(self, key: Key) -> Alignment | None:
        """What a value is like: the first time it was assigned, or the first time that there is something to say."""
        return self._first.get(key)

    def _look_for_equal(self, key: Key, times: Sequence[Known]) -> None:
        for known in times:
            found = self._equal(known)
            if found is not None:
                other, likeness = found
                right = self._final(known) if known.final and self._failing else None
                if right is not None and (likeness.kind, other.key) != ("same", right.key):
                    self._wrong_result(known, right, instead=other.name if likeness.kind == "same" else "")
                    return
                lost = other.tracked and not known.tracked and known.value.is_floating_point()
                self._first[key] = msgspec.structs.replace(likeness, times=known.times, gradient_lost=lost)
                if lost and self._gradients:
                    self.differences.append((known, self._first[key]))
                self._equalled.add(other.key)
                self._pairs[key] = other.key
                self._beside[key] = other
                return

    def _equal(self, known: Known) -> tuple[Known, Alignment] | None:
        mine = known.value
        near = [other for other in self._theirs if other.key[0] == known.key[0] and _one_kind(mine, other.value)]
        near = [other for other in near if other.value.numel() == mine.numel()]
        near.sort(key=lambda other: (known.final and not other.final, *_rank(known, other, self._fits(known, other))))
        near = near[:MOST_CANDIDATES]
        for other in near:
            if other.value.shape == mine.shape and self._same(mine, other.value):
                return other, _likeness("same", other)
        if mine.numel() < 2 or is_plain(mine):  # one number many times says nothing about its axes
            given = (other for other in near if other.given and self._same(mine.flatten(), other.value.flatten()))
            first = next(given, None)  # a piece of what was asked is no difference
            return None if first is None else (first, _likeness("reshaped", first))
        for other in near:
            axes = self._axes(mine, other.value)
            if axes is not None:
                return other, msgspec.structs.replace(_likeness("transposed", other), axes=axes)
        for other in near:
            if self._same(mine.flatten(), other.value.flatten()):
                return other, _likeness("reshaped", other)
        return None

    def _tolerance(self, mine: torch.Tensor) -> float:
        """How far numbers may be off, relative to the largest: in the lower of the two precisions."""
        return max(self._least, TOLERANCE.get(str(mine.dtype).removeprefix("torch."), self._least))

    def _same(self, mine: torch.Tensor, other: torch.Tensor) -> bool:
        return same(mine, other, self._tolerance(mine))

    def _axes(self, mine: torch.Tensor, other: torch.Tensor) -> tuple[int, ...] | None:
        """The order of axes in which one array is the other."""
        if mine.dim() != other.dim() or not 2 <= mine.dim() <= MOST_AXES:
            return None
        if sorted(mine.shape) != sorted(other.shape):
            return None
        for axes in itertools.permutations(range(mine.dim())):
            turned = mine.permute(axes)
            if turned.shape == other.shape and self._same(turned, other):
                return axes
        return None

    def _fits(self, known: Known, other: Known) -> bool:
        """Whether the two have one shape where sizes differ, as far as is known."""
        mine, theirs = self._elsewhere[0].get(known.key[1:]), self._elsewhere[1].get(other.key[1:])
        return mine is None or theirs is None or mine == theirs

    def _final(self, known: Known) -> Known | None:
        """What the reference returns where this is returned."""
        same_step = [other for other in self._theirs if other.final and other.key[0] == known.key[0]]
        return next((other for other in same_step if other.key[2] == known.key[2]), None)

    def _wrong_result(self, known: Known, right: Known, *, instead: str = "") -> None:
        if right.value.shape == known.value.shape and _one_kind(known.value, right.value):
            self._differs(known, right, instead=instead)
        else:
            self._first[known.key] = msgspec.structs.replace(_likeness("other shape", right), instead=instead)
            self.differences.append((known, self._first[known.key]))
        self._pairs[known.key] = right.key

    def _look_for_different(self) -> None:
        """Set what equals nothing beside what nothing equals."""
        after = -1
        for key, times in self._times.items():
            if key in self._first:
                after = max([after, *(o.order for o in self._theirs if o.key == self._pairs[key] and not o.given)])
                self._look_later(key, times)
                continue
            if times[0].final and (right := self._final(times[0])) is not None:
                self._wrong_result(times[0], right)
                continue
            other = self._counterpart(times[0], after)
            if other is None:
                continue
            after = max(after, other.order)
            self._pairs[key] = other.key
            self._beside[key] = other
            self._equalled.add(other.key)
            if other.value.shape == times[0].value.shape:
                self._differs(times[0], other)
            else:
                self._first[key] = _likeness("other shape", other)

    def _counterpart(self, known: Known, after: int) -> Known | None:
        """An intermediate that is reached as often and that nothing equals: of the same shape, or else of the same name."""
        if known.partial:
            return None
        often = self._counts.get(known.key[:2])
        free = [
            other
            for other in self._theirs
            if other.key[0] == known.key[0]
            and other.times == 1
            and not (other.given or other.final or other.partial)
            and other.key not in self._equalled
            and _one_kind(known.value, other.value)
            and self._their_counts.get(other.key[:2]) == often
        ]
        shaped = [other for other in free if other.value.shape == known.value.shape and self._fits(known, other)]
        named = [other for other in shaped if is_named_alike(known.name, other.name)]
        following = [] if is_plain(known.value) else [other for other in shaped if other.order > after]
        following.sort(key=lambda other: sums_to_one(other.value) != sums_to_one(known.value))
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

    def _forget_what_is_made_good(self) -> None:
        """Take back differences after which a value that was made of them is right: it was only computed in another order."""
        kept = []
        for known, likeness in self.differences:
            once = likeness.kind == "differs" and likeness.times == 1 and not known.final
            if once and self._is_made_good(known):
                del self._first[known.key]
            else:
                kept.append((known, likeness))
        self.differences = kept

    def _is_made_good(self, known: Known) -> bool:
        step, number, _ = known.key
        after = self._beside[known.key].order
        made = {known.name}
        for later in range(number + 1, len(self._places)):
            place = self._places[later]
            if place.function != self._places[number].function:
                break
            if made.isdisjoint(place.uses):
                continue
            made |= set(place.paths)
            called = {use.rpartition(".")[2] for use in place.uses}
            into = [each for each in self._functions if self._places[each].name in called]
            if all(self._is_right((step, later, path), after) for path in place.paths or ("",)):
                return True
            if any(self._is_right((step, each, path), after) for each in into for path in self._places[each].paths):
                return True
        return False

    def _is_right(self, key: Key, after: int) -> bool:
        """Whether a value is one that the reference computes later than that, and not by chance."""
        likeness, other = self._first.get(key), self._beside.get(key)
        if likeness is None or other is None or likeness.kind not in ("same", "transposed", "reshaped"):
            return False
        return other.order > after and not other.given and not _is_common(other.value)

    def _differs(self, known: Known, other: Known, *, instead: str = "") -> None:
        index = first_difference(known.value, other.value, self._tolerance(known.value))
        likeness = msgspec.structs.replace(
            _likeness("differs", other),
            times=known.times,
            index=index,
            yours=_number(known.value, index),
            theirs=_number(other.value, index),
            instead=instead,
        )
        self._first[known.key] = likeness
        self.differences.append((known, likeness))


def _is_common(array: torch.Tensor) -> bool:
    """Whether it may be equal by chance: one number many times, or a single 0 or 1."""
    return is_plain(array) or (array.numel() == 1 and float(array.abs().max()) in (0.0, 1.0)) or not array.numel()


def _one_kind(mine: torch.Tensor, other: torch.Tensor) -> bool:
    """Both floating, both integers, or both booleans."""
    if mine.is_complex() or other.is_complex():
        return mine.is_complex() and other.is_complex()
    if mine.is_floating_point() or other.is_floating_point():
        return mine.is_floating_point() and other.is_floating_point()
    return (mine.dtype == torch.bool) == (other.dtype == torch.bool)


def _rank(known: Known, other: Known, fits: bool) -> tuple[bool, bool, bool, bool, bool, int]:
    """What is tried first: what the reference computes and names, names alike, the same time, then the order of computation."""
    unnamed = "()" in other.name
    return (
        other.given,
        not fits,
        not is_named_alike(known.name, other.name),
        unnamed,
        known.times != other.times,
        other.order,
    )


def _likeness(kind: Any, other: Known) -> Alignment:
    return Alignment(kind=kind, name=other.name, line=other.line, shape=tuple(other.value.shape))


def _number(array: torch.Tensor, index: tuple[int, ...]) -> Any:
    value = array[index].item()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return str(value) if isinstance(value, complex) else value
