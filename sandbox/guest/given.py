"""Functions that the judge supplies to a solution: made here, beside it, from data alone.

No code comes through the door: a function arrives as its kind and a few numbers (`Given`), and what it returns follows from these by
the formula below. The references are given the same functions, made by the same lines on the trusted side. A solution may look into
one, or change it: it changes its own and nobody else's, and what it learns is what it may ask the function anyway.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from .frames import Given

STEPS = (
    1 << 40
)  # "ordinary" scores are whole multiples of 1 / STEPS: sums of them are exact in whatever order, and never equal by chance


class TokenScores:
    """A language model's log-probabilities of the next token, after any prefix: `function(prefix)` is a list of floats.

    Each row follows from the seed and the whole prefix. The numbers are negative and are not normalised.

    Args:
        vocabulary: how many tokens there are.
        seed: that the numbers follow from.
        scores: "quarters" (from -0.25 to -1.5, so that ties are frequent and exact), "ordinary" (0 to -4), "large" (0 to -1e4),
            "close" (-0.5, but for the eighth digit and later ones), or "equal" (all of them -0.5).

    Attributes:
        calls: how often it was asked.
    """

    __slots__ = ("_rows", "_scores", "_seed", "_vocabulary", "calls")

    def __init__(self, vocabulary: int, seed: int, scores: str) -> None:
        self._vocabulary = vocabulary
        self._seed = seed
        self._scores = scores
        self._rows: dict[tuple[int, ...], list[float]] = {}
        self.calls = 0

    def __call__(self, prefix: Any) -> list[float]:
        """The log-probability of each token after these.

        Raises:
            TypeError: the prefix is no list or tuple of ints.
            ValueError: it holds a token that there is not.
        """
        self.calls += 1
        if not isinstance(prefix, (list, tuple)) or not all(type(token) is int for token in prefix):
            raise TypeError(f"log_probs takes a list or tuple of ints, and was called with {prefix!r}"[:300])
        tokens = tuple(prefix)
        for token in tokens:
            if not 0 <= token < self._vocabulary:
                raise ValueError(f"log_probs was asked about token {token}; tokens are 0 to {self._vocabulary - 1}")
        if tokens not in self._rows:
            self._rows[tokens] = self._row(tokens)
        return list(self._rows[tokens])

    def _row(self, tokens: tuple[int, ...]) -> list[float]:
        drawn = random.Random(f"{self._seed}/{','.join(map(str, tokens))}")
        count = self._vocabulary
        match self._scores:
            case "quarters":
                return [-0.25 * drawn.randint(1, 6) for _ in range(count)]
            case "equal":
                return [-0.5] * count
            case "close":
                return [-0.5 - drawn.randint(1, 1 << 16) / STEPS for _ in range(count)]
            case "large":
                return [-drawn.randint(1, 10_000 * 64) / 64 for _ in range(count)]
            case _:
                return [-drawn.randint(1, 4 * STEPS) / STEPS for _ in range(count)]


_KINDS: dict[str, Callable[..., Any]] = {"token_scores": TokenScores}


def made(given: Given) -> Any:
    """The function that the judge means.

    Raises:
        ValueError: there is no such kind.
    """
    if given.kind not in _KINDS:
        raise ValueError(f"there is no function of the kind {given.kind!r}")
    return _KINDS[given.kind](**given.fields)
