"""The sizes that people use: eight heads, batches of sixteen, sequences of 64, and several of them at once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

USUAL = (4, 5, 8, 16, 17, 32, 64)
"""Sizes at which code goes another way: those of warps, tiles and heads, and one beside."""
AT_ONCE = 9  # what is wrong only where two or three sizes are at least so large is rejected
BESIDE = 2  # about as large are the sizes beside those that are named
MOST_ROWS = 12  # for three at once; else two at once have to do
MOST_NUMBERS = (
    60_000  # that the sizes of one case multiply to: right answers that loop are slow, and not punished for it
)
Sizes = Mapping[str, int]


def usual_sizes(lists: Mapping[str, Sequence[int]], larger: Sequence[Sizes]) -> list[dict[str, int]]:
    """Sizes for cases in which each letter has every usual size once, and every three letters, or every two of many, are moderate at once.

    Args:
        lists: sizes by letter that other cases are dealt from; what stands there is not asked for again.
        larger: further sizes that are promised. What is larger than all of them is not asked for.
    """
    most = {letter: max([*sizes, *(each.get(letter, 0) for each in larger)]) for letter, sizes in lists.items()}
    least = {letter: max(min(sizes), min(BESIDE, max(sizes))) for letter, sizes in lists.items()}
    left = {
        letter: [size for size in USUAL if size <= most[letter] and size not in sizes]
        for letter, sizes in lists.items()
    }
    moderate = {letter: min(AT_ONCE, size) for letter, size in most.items()}
    at_once = _at_once(moderate, least, 3)
    return [*_each_once(left, least), *(at_once if len(at_once) <= MOST_ROWS else _at_once(moderate, least, 2))]


def _each_once(left: dict[str, list[int]], least: Sizes) -> list[dict[str, int]]:
    """Each of these sizes of each letter in one case; several letters in a case, while it is not too large."""
    left, found = {letter: list(sizes) for letter, sizes in left.items()}, list[dict[str, int]]()
    while any(left.values()):
        row: dict[str, int] = {}
        for letter in sorted(left, key=lambda letter: -len(left[letter])):
            sizes = left[letter]
            fitting = [size for size in sizes if _numbers({**least, **row, letter: size}) <= MOST_NUMBERS]
            if fitting or (sizes and not row):
                row[letter] = max(fitting) if fitting else min(sizes)
                sizes.remove(row[letter])
        found.append(row)
    return found


def _at_once(moderate: Sizes, least: Sizes, together: int) -> list[dict[str, int]]:
    """Every so many letters are moderate at once in one of these, where that is not too large."""
    among = [letter for letter, size in moderate.items() if size > least[letter]]

    def fits(letters: Iterable[str]) -> bool:
        return _numbers({**least, **{letter: moderate[letter] for letter in letters}}) <= MOST_NUMBERS

    left = set(filter(fits, itertools.combinations(among, min(together, len(among)))))
    found: list[dict[str, int]] = []
    while left:
        row = set(min(left))
        while wider := [row | {letter} for letter in among if letter not in row and fits(row | {letter})]:
            row = max(wider, key=lambda letters: sum(letters >= set(each) for each in left))
        found.append({letter: moderate[letter] for letter in among if letter in row})
        left = {each for each in left if not row >= set(each)}
    return found


def _numbers(sizes: Sizes) -> int:
    return math.prod(sizes.values())
