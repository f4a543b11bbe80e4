"""A factor by which values are off, as an expression of the sizes of a case."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from judge.explain.setting_beside import Array

LARGE = 0.05  # of the largest value: by what is smaller nothing is divided


def factor(mine: Array, right: Array) -> float | None:
    """The median of one array divided by another of its shape, where the other is large; None where it is nowhere."""
    large = np.abs(right) > LARGE * np.abs(right).max(initial=0.0)
    if not large.any():
        return None
    return float(np.median(mine[large] / right[large]))


def fitting(number: float | None, sizes: Mapping[str, int]) -> list[str]:
    """The expressions of sizes that a number is; none for None."""
    if number is None:
        return []
    return [words for words, value in expressions(sizes) if math.isclose(number, value, rel_tol=1e-4)]


def simplest(found: Sequence[str]) -> list[str]:
    """The one of some expressions: of those that name one size at most, else of all; none where there are several."""
    of_one = [words for words in found if _letters(words) <= 1]
    return next((list(each) for each in (of_one, found) if len(each) == 1), [])


def expressions(sizes: Mapping[str, int]) -> Iterator[tuple[str, float]]:
    """Simple expressions of sizes, with their values."""
    yield "log 2", math.log(2)
    yield "1/log 2", 1 / math.log(2)
    for letter, size in sizes.items():
        if size < 2:
            continue
        yield letter, size
        yield f"1/{letter}", 1 / size
        yield f"sqrt({letter})", math.sqrt(size)
        yield f"1/sqrt({letter})", 1 / math.sqrt(size)
        yield f"{letter}/({letter}-1)", size / (size - 1)
        yield f"({letter}-1)/{letter}", (size - 1) / size
    for (one, a), (other, b) in itertools.permutations(sizes.items(), 2):
        if min(a, b) > 1:
            yield f"{one}/{other}", a / b
            yield f"sqrt({one}/{other})", math.sqrt(a / b)


def _letters(words: str) -> int:
    """How many sizes an expression names."""
    return len(set(re.findall(r"[A-Z]\w*", words)))
