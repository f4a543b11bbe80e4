"""Covering arrays: which classes meet in which case, so that every pair of classes meets by construction and not by luck.

A factor is a part of a case that is chosen from a few classes: a size, the dtype, the kind of values. In a covering array of strength 2
every class of a factor stands in a row with every class of every other factor. Rows are made greedily, one after the other, as AETG does
(Cohen, Dalal, Fredman and Patton: "The AETG system", 1997), without its several candidates for each row.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

Row = tuple[int, ...]
"""The class of each factor, by its number; -1 where a case has none of them."""
TRIES = 3  # to bring a pair about; some can't meet


class CoveringArray:
    """Rows that cover the pairs of classes, dealt one by one.

    Args:
        levels: how many classes each factor has.
        chance: decides between classes that are as good.
    """

    def __init__(self, levels: Sequence[int], chance: random.Random) -> None:
        self._levels = tuple(levels)
        self._chance = chance
        self._starts = [sum(levels[:place]) for place in range(len(levels))]
        # Every class has a number of its own. `_open` says how often a pair of them may still be tried; 0 where it has met.
        self._open = np.full((sum(levels), sum(levels)), TRIES, dtype=np.int32)
        for factor in range(len(levels)):
            self._open[self._part(factor), self._part(factor)] = 0
        self._used = [[0] * size for size in levels]

    def _part(self, factor: int) -> slice:
        return slice(self._starts[factor], self._starts[factor] + self._levels[factor])

    def row(self, fixed: Mapping[int, int] | None = None) -> Row:
        """The next row: each factor gets the class that meets most of what it has not met.

        Args:
            fixed: classes that are settled, by the number of their factor.
        """
        chosen = dict(fixed or {})
        gain = np.zeros(len(self._open), dtype=np.int32)
        for factor, level in chosen.items():
            gain = gain + self._open[self._starts[factor] + level]
        for factor in self._order():
            if factor not in chosen:
                part = self._part(factor)
                mine = (gain[part] if chosen else self._open[part].sum(axis=1)).tolist()
                best = [level for level, each in enumerate(mine) if each == max(mine)]
                least = min(self._used[factor][level] for level in best)
                level = self._chance.choice([level for level in best if self._used[factor][level] == least])
                chosen[factor] = level
                gain = gain + self._open[self._starts[factor] + level]
        return tuple(chosen[factor] for factor in range(len(self._levels)))

    def _order(self) -> list[int]:
        """Factors that have most to meet first; by chance where they have as much."""
        left = [int(self._open[self._part(factor)].sum()) for factor in range(len(self._levels))]
        return sorted(range(len(self._levels)), key=lambda factor: (-left[factor], self._chance.random()))

    def tried(self, row: Row, met: Row) -> None:
        """A row was asked for, and a case with these classes came of it."""
        asked, came = self._numbers(row), self._numbers(met)
        pairs = np.ix_(asked, asked)
        self._open[pairs] = np.maximum(self._open[pairs] - 1, 0)
        self._open[np.ix_(came, came)] = 0
        for factor, level in enumerate(met):
            if level >= 0:
                self._used[factor][level] += 1

    def _numbers(self, row: Row) -> list[int]:
        return [self._starts[factor] + level for factor, level in enumerate(row) if level >= 0]


def pairs_of(levels: Sequence[int]) -> int:
    """How many pairs of classes there are."""
    return sum(first * second for first, second in itertools.combinations(levels, 2))


def met_pairs(rows: Iterable[Row]) -> set[tuple[int, int, int, int]]:
    """The pairs of classes that stand in these rows: two factors, and a class of each."""
    return {
        (first, second, row[first], row[second])
        for row in rows
        for first, second in itertools.combinations(range(len(row)), 2)
        if row[first] >= 0 and row[second] >= 0
    }
