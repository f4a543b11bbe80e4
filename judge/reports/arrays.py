"""Arrays as text: in one line where they are small, else the part around one element."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from judge.verdict import ArrayData, escaped, shortened

MOST_ROWS = 6
MOST_COLUMNS = 6
MOST_CHARACTERS = 24


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an array of any rank, seen as a table.

    Attributes:
        lead: the index of the two-dimensional slice, in all dimensions but the last two.
        rows: the first row and one past the last; (0, 1) for an array of rank 1 or 0.
        columns: the first column and one past the last.
        shape: of the whole array.
    """

    lead: tuple[int, ...]
    rows: tuple[int, int]
    columns: tuple[int, int]
    shape: tuple[int, ...]

    @property
    def label(self) -> str:
        """The part as Python writes it, "[0, 3:9, :]"; "" where it is the whole array."""
        spans = [self.rows, self.columns][-min(len(self.shape), 2) :] if self.shape else []
        parts = [
            ":" if span == (0, size) else f"{span[0]}:{span[1]}"
            for span, size in zip(spans, self.shape[-2:], strict=True)
        ]
        whole = all(part == ":" for part in parts) and not self.lead
        return "" if whole else f"[{', '.join([*map(str, self.lead), *parts])}]"

    def cells(self, values: Any) -> list[list[Any]]:
        """The elements of this part, given the whole array's nested lists."""
        for index in self.lead:
            values = values[index]
        table = [[values]] if not self.shape else [values] if len(self.shape) == 1 else values
        return [row[slice(*self.columns)] for row in table[slice(*self.rows)]]


def window(shape: tuple[int, ...], around: tuple[int, ...] | None, columns: int = MOST_COLUMNS) -> Window:
    """The part of at most 6 rows and as many columns as given that holds an element, or the first element."""
    index = around if around is not None and len(around) == len(shape) else (0,) * len(shape)
    spans = [
        _span(position, size, most)
        for position, size, most in zip(
            index[-2:], shape[-2:], (MOST_ROWS, columns)[2 - len(shape[-2:]) :], strict=True
        )
    ]
    row_span, column_span = ([(0, 1)] * (2 - len(spans)) + spans)[-2:]
    return Window(lead=tuple(index[:-2]), rows=row_span, columns=column_span, shape=shape)


def worst_index(expected: ArrayData, actual: ArrayData) -> tuple[int, ...] | None:
    """The index of the first element that differs, where nobody said which one is worst."""
    if expected.values is None or actual.values is None or expected.shape != actual.shape:
        return None
    pairs = zip(_elements(expected.values, ()), _elements(actual.values, ()), strict=True)
    return next((index for (index, one), (_, other) in pairs if one != other), None)


def describe(array: ArrayData) -> str:
    """dtype and shape: "float32 [2, 3]", with strides where it is not contiguous; the type for what is no array."""
    dtype = shortened(escaped(array.dtype), MOST_CHARACTERS)
    if not array.is_array:
        return dtype
    return f"{dtype} {list(array.shape)}" + (f" strides {list(array.strides)}" if array.strides is not None else "")


def inline(array: ArrayData, width: int) -> str | None:
    """The values in one line, or None where they don't fit or are too many."""
    if not array.is_array:
        return shortened(_plain(array), max(width, 40))
    if array.values is None:
        return "too many values to show"
    if 0 in array.shape:
        return "empty"
    elements = [value for _, value in _elements(array.values, ())]
    if len(elements) > 4 and all(value == elements[0] for value in elements):
        return f"all {number(elements[0])}"
    if len(elements) > MOST_ROWS * MOST_COLUMNS:
        return None
    text = _nested(array.values)
    return text if len(text) <= width else None


def number(value: Any, digits: int = 6) -> str:
    """One element."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return f"{value:.{digits}g}"
    if isinstance(value, list | tuple):
        return f"({', '.join(number(part, digits) for part in value)})"
    return shortened(escaped(str(value)), MOST_CHARACTERS)


def digits_to_tell(one: Any, other: Any) -> int:
    """How many significant digits it takes to see that two numbers differ: 6 to 17."""
    if one == other:
        return 6
    return next((digits for digits in (6, 9, 12) if number(one, digits) != number(other, digits)), 17)


def element(values: Any, index: tuple[int, ...]) -> Any:
    """One element of nested lists."""
    for position in index:
        values = values[position]
    return values


def _span(position: int, size: int, most: int) -> tuple[int, int]:
    """`most` positions or fewer, with the given one near the middle."""
    first = max(0, min(position - most // 2, size - most))
    return first, min(first + most, size)


def _elements(values: Any, index: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    if not isinstance(values, list | tuple):
        yield index, values
        return
    for position, value in enumerate(values):
        yield from _elements(value, (*index, position))


def _nested(values: Any) -> str:
    if isinstance(values, list | tuple):
        return f"[{', '.join(_nested(value) for value in values)}]"
    return number(values)


def _plain(array: ArrayData) -> str:
    if array.dtype in ("bytes", "list", "tuple", "dict"):
        return escaped(str(array.values))
    if array.dtype == "str":
        return escaped(repr(array.values))
    if array.dtype == "NoneType":
        return "None"
    return _nested(array.values)
