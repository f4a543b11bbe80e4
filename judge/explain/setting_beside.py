"""Whether a value is one that right answers compute too: in whatever order of axes, in whatever shape, whole or a slice of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Any

import msgspec
import numpy as np

from judge.explain.recorded_values import RightValue

Array = np.ndarray[Any, Any]
TOLERANCE = {"float32": 2e-5, "float64": 1e-10}
MOST_SLICES = 16  # along an axis
MOST_AXES = 4  # whose order is looked at
MOST_POOL = 20_000


class Standing(IntEnum):
    """How a value stands to those of right answers.

    Attributes:
        RIGHT: it is one of theirs.
        NEUTRAL: it says nothing: a count, an index, one number many times.
        MOVED: each of its numbers is one of theirs, but they stand in no arrangement that is known.
        OTHER: it has numbers that no right answer has.
    """

    RIGHT = 0
    NEUTRAL = 1
    MOVED = 2
    OTHER = 3


class Slice(msgspec.Struct, frozen=True):
    """A right value, or a slice of it, or a slice of that. There are many, and few are looked at: each is cut when it is.

    Attributes:
        whole: the value.
        of: its number.
        cuts: an axis and a place along it; then the same of what that leaves.
    """

    whole: Array
    of: int
    cuts: tuple[tuple[int, int], ...] = ()

    @property
    def array(self) -> Array:
        """Its numbers."""
        found = self.whole
        for axis, place in self.cuts:
            found = np.take(found, place, axis)
        return found


class Beside:
    """Right values, made ready to have others set beside them.

    Args:
        right: they.
        dtype: of the case.
    """

    def __init__(self, right: Sequence[RightValue], dtype: str) -> None:
        self.right = right
        self._tolerance = TOLERANCE.get(dtype, 2e-5)
        self._pool: dict[tuple[str, int], list[Slice]] = {}
        self._known: dict[tuple[Any, ...], tuple[Standing, int]] = {}
        count, prints = 0, dict[tuple[str, int], list[tuple[float, float]]]()
        for number, each in enumerate(right):
            for one, size, sums in slices_of(each.value, number):
                count += 1
                if count < MOST_POOL:
                    key = (each.value.dtype.kind, size)
                    self._pool.setdefault(key, []).append(one)
                    prints.setdefault(key, []).append(sums)
        self._prints = {key: np.array(found) for key, found in prints.items()}
        floats = [each.value.ravel() for each in right if each.value.dtype.kind == "f" and each.value.size]
        numbers = np.concatenate(floats) if floats else np.zeros(0)
        self._numbers = np.unique(numbers[np.isfinite(numbers)])
        self._patterns = {
            pattern.tobytes() + bytes(str(pattern.shape), "ascii")
            for each in right
            for pattern in _patterns_of(each.value)
        }

    def standing(self, array: Array) -> tuple[Standing, int]:
        """How an array stands, and the number of the right value that it is; -1 where it is none."""
        key = (array.dtype.kind, array.shape, array.tobytes())
        if key not in self._known:
            self._known[key] = self._standing(array)
        return self._known[key]

    def _standing(self, array: Array) -> tuple[Standing, int]:
        if not array.size:
            return Standing.NEUTRAL, -1
        if array.size == 1 and (array.dtype.kind == "i" or float(array.flat[0]).is_integer()):
            return Standing.NEUTRAL, -1  # a count
        if array.dtype.kind == "f" and _is_uniform(array) and float(array.flat[0]) in (0.0, 1.0):
            return Standing.NEUTRAL, -1  # yet to be filled
        found = self.arranged(array)
        if found >= 0:
            return Standing.RIGHT, found
        if array.dtype.kind != "f":
            if self._is_known_pattern(array):
                return Standing.RIGHT, -1
            if array.dtype.kind == "i" or array.ndim < 2:
                return Standing.NEUTRAL, -1  # places and ids: each style has its own
            return (Standing.NEUTRAL if _is_uniform(array) else Standing.OTHER), -1
        if array.size == 1:
            return (Standing.RIGHT if self._all_known(array) else Standing.OTHER), -1
        if self._is_made_of_slices(array):
            return Standing.RIGHT, -1
        if self._is_mask(array) and self._is_known_pattern(array):
            return Standing.RIGHT, -1
        return (Standing.MOVED if self._all_known(array) else Standing.OTHER), -1

    def arranged(self, array: Array) -> int:
        """The number of the right value, or of that whose slice it is, that this is in some order of axes and some shape; else -1."""
        found = self._slice(array)
        return -1 if found is None else found.of

    def is_one(self, array: Array, wanted: int) -> bool:
        """Whether it is that right value, or a slice of it."""
        return any(one.of == wanted and self.is_arranged(array, one.array) for one in self._candidates(array))

    def like(self, array: Array) -> list[RightValue]:
        """The right values that this is, whole, in whatever arrangement."""
        return [
            self.right[one.of] for one in self._candidates(array) if not one.cuts and self.is_arranged(array, one.array)
        ]

    def named(self, array: Array) -> list[RightValue]:
        """The right values with a name that this is, whole."""
        return [
            self.right[one.of]
            for one in self._candidates(array)
            if not one.cuts and self.right[one.of].name and self.is_arranged(array, one.array)
        ]

    def same(self, mine: Array, other: Array) -> bool:
        """Whether two arrays of one shape hold the same numbers, up to rounding."""
        if mine.dtype.kind != "f" or other.dtype.kind != "f":
            return bool(np.array_equal(mine, other))
        sizes = np.abs(other[np.isfinite(other) & (other != 0)])
        scale = (
            min(float(sizes.max()), 30 * float(np.median(sizes))) if sizes.size else 0.0
        )  # a fill of -1e9 is no scale
        with np.errstate(invalid="ignore"):
            near = np.isfinite(other) & (np.abs(mine - other) <= self._tolerance * np.maximum(scale, np.abs(other)))
        return bool(((mine == other) | (np.isnan(mine) & np.isnan(other)) | near).all())

    def _slice(self, array: Array) -> Slice | None:
        """The right value or slice that this is: one with a name where there is one."""
        found = None
        for one in self._candidates(array):
            if (found is None or self.right[one.of].name) and self.is_arranged(array, one.array):
                found = one
                if self.right[one.of].name:
                    break
        return found

    def _candidates(self, array: Array) -> Iterator[Slice]:
        """Those with as many numbers and, as far as their sums show, the same."""
        key = (array.dtype.kind, array.size)
        if key not in self._pool:
            return
        prints, mine = self._prints[key], np.array(_print(array))
        near = np.abs(prints - mine) <= 4 * self._tolerance * np.maximum(mine[1:2], 1e-12) + 1e-12
        for number in np.flatnonzero(near.all(axis=1)):
            yield self._pool[key][number]

    def is_arranged(self, array: Array, other: Array) -> bool:
        """Whether it is the other in some order of axes, with axes joined or split."""
        if array.shape == other.shape and self.same(array, other):
            return True
        mine, theirs = array.squeeze(), other.squeeze()
        if theirs.ndim > MOST_AXES:
            return is_joined(theirs.shape, mine.shape) and self.same(mine.ravel(), theirs.ravel())
        for axes in itertools.permutations(range(theirs.ndim)):
            turned = theirs.transpose(axes)
            if is_joined(turned.shape, mine.shape) and self.same(mine.ravel(), turned.ravel()):
                return True
        return False

    def _is_made_of_slices(self, array: Array) -> bool:
        """Whether along some axis it is a row of right values: slices of one in their order, or whole ones that differ."""
        for axis in range(array.ndim):
            length = array.shape[axis]
            if not 1 < length <= MOST_SLICES or array.size // length < 2:
                continue
            found = []
            for place in range(length):
                one = self._slice(np.take(array, place, axis))
                if one is None:
                    break
                found.append(one)
            else:
                if _in_order(found):
                    return True
        return False

    def knows(self, array: Array) -> bool:
        """Whether each number is one of a right value."""
        return self._all_known(array)

    def _all_known(self, array: Array) -> bool:
        """Whether each number is one of a right value."""
        mine = np.unique(array[np.isfinite(array)])
        mine = mine[(mine != 0) & (mine != 1)]
        if not mine.size:
            return True
        if not self._numbers.size:
            return False
        after = np.searchsorted(self._numbers, mine).clip(0, len(self._numbers) - 1)
        before = (after - 1).clip(0)
        off = np.minimum(np.abs(self._numbers[after] - mine), np.abs(self._numbers[before] - mine))
        return bool((off <= self._tolerance * np.maximum(np.abs(mine), float(np.abs(mine).max()) / 10)).all())

    @staticmethod
    def _is_mask(array: Array) -> bool:
        return len(np.unique(array[~np.isnan(array)])) == 2

    def _is_known_pattern(self, array: Array) -> bool:
        """Whether a mask is that of a right answer, whichever of its two values it has where."""
        for pattern in _patterns_of(array):
            for turned in (pattern, ~pattern):
                if turned.tobytes() + bytes(str(turned.shape), "ascii") in self._patterns:
                    return True
        return False


def slices_of(array: Array, number: int) -> Iterator[tuple[Slice, int, tuple[float, float]]]:
    """A value, its slices along each axis, and theirs: with how many numbers each has, and their sums (`_print`)."""
    yield Slice(array, number), array.size, _print(array)
    if array.ndim < 2 or array.size > 2_000:
        return
    flat = _finite(array)
    sizes = np.abs(flat)
    long = [axis for axis in range(array.ndim) if 1 < array.shape[axis] <= MOST_SLICES]
    for axis in long:
        length = array.size // array.shape[axis]
        sums = zip(_sums(flat, axis), _sums(sizes, axis), strict=True)
        others = [other for other in long if other > axis] if array.ndim > 2 and array.size <= 400 else []
        inner = [(other, _sums(flat, axis, other), _sums(sizes, axis, other)) for other in others]
        for place, pair in enumerate(sums):
            yield Slice(array, number, ((axis, place),)), length, pair
            for other, first, second in inner:
                left = length // array.shape[other]
                for further, both in enumerate(zip(first[place], second[place], strict=True)):
                    yield Slice(array, number, ((axis, place), (other - 1, further))), left, both


def _sums(flat: Array, *kept: int) -> Any:
    """The sums over all axes but these, as lists."""
    return flat.sum(axis=tuple(axis for axis in range(flat.ndim) if axis not in kept)).tolist()


def _in_order(found: Sequence[Slice]) -> bool:
    """Whether they follow each other: neighbours in one right value, or values one after the other."""
    first = found[0]
    if all(each.of == first.of and _along(each) == _along(first) for each in found):
        return bool(first.cuts) and all(_place(each) == _place(first) + number for number, each in enumerate(found))
    return all(a.of < b.of for a, b in itertools.pairwise(found))


def _along(one: Slice) -> tuple[int, ...]:
    return tuple(axis for axis, _ in one.cuts)


def _place(one: Slice) -> int:
    """Where it lies, so that the next along the last axis has the next number."""
    place = 0
    for _, each in one.cuts:
        place = place * 100 + each
    return place


def is_joined(shape: Sequence[int], other: Sequence[int]) -> bool:
    """Whether one shape comes from the other by joining or splitting neighbouring axes."""
    first, second = (
        set(itertools.accumulate([n for n in each if n != 1], lambda a, b: a * b)) for each in (shape, other)
    )
    return first <= second or second <= first


def _print(array: Array) -> tuple[float, float]:
    """Two sums that do not depend on how numbers are arranged."""
    flat = _finite(array)
    return float(flat.sum()), float(np.abs(flat).sum())


def _finite(array: Array) -> Array:
    """The numbers as float64, with others in place of NaN and the infinities."""
    if array.dtype.kind != "f":
        return array.astype(np.float64)
    if np.isfinite(array).all():
        return array
    return np.nan_to_num(array, nan=0.5, posinf=2.0, neginf=-2.0)


def _is_uniform(array: Array) -> bool:
    return not array.size or bool((array == array.flat[0]).all())


def _patterns_of(array: Array) -> Iterator[Array]:
    """Where a mask is on; where numbers are hidden by -inf."""
    squeezed = array.squeeze()
    if array.dtype.kind == "b":
        found = squeezed
    elif array.dtype.kind == "f" and array.size:
        low = array.min() if not np.isnan(array).any() else 0.0
        if low > -1e4 and len(np.unique(array)) != 2:
            return
        found = squeezed == low
    else:
        return
    if found.ndim and not _is_uniform(found):
        while found.ndim > 2 and (found == found[:1]).all():
            found = found[0]
        yield found
