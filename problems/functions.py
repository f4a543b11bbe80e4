"""Functions that the judge supplies to a solution, as checks ask for them and as people read them.

What such a function computes stands in `sandbox.guest.given`; here is the data from which it is made.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from problems.asks import Given

SCORES = ("quarters", "ordinary", "large", "close", "equal")
MOST_ROWS = 13  # that a counterexample shows: all prefixes up to length 2 of three tokens


def token_scores(vocabulary: int, seed: int, scores: str, *, length: int) -> Given:
    """A function `log_probs(prefix)`, a row of negative numbers that follows from the whole prefix.

    Args:
        vocabulary: how many tokens there are.
        seed: that the numbers follow from.
        scores: one of `SCORES`.
        length: of the longest prefix that is shown to people.
    """
    fields = {"vocabulary": vocabulary, "seed": seed, "scores": scores}
    return Given("token_scores", fields, length)


def prefixes(vocabulary: int, length: int) -> Iterator[tuple[int, ...]]:
    """Every prefix, the shortest first."""
    for size in range(length + 1):
        yield from itertools.product(range(vocabulary), repeat=size)


def shown_prefixes(function: Given) -> list[list[Any]]:
    """The prefixes for which a function's values are shown."""
    every = prefixes(function.fields["vocabulary"], function.shown)
    return [list(prefix) for prefix in itertools.islice(every, MOST_ROWS)]


def source_lines(function: Given, name: str, imports: set[str]) -> list[str]:
    """The function as Python of its own, by the formula of `sandbox.guest.given`; it counts its calls as that does.

    Args:
        function: of the kind "token_scores".
        name: that it gets.
        imports: the modules that it needs are added.
    """
    imports.add("random")
    count, seed = function.fields["vocabulary"], function.fields["seed"]
    number = {
        "quarters": "-0.25 * drawn.randint(1, 6)",
        "equal": "-0.5",
        "close": "-0.5 - drawn.randint(1, 1 << 16) / 2**40",
        "large": "-drawn.randint(1, 640_000) / 64",
    }.get(function.fields["scores"], "-drawn.randint(1, 4 * 2**40) / 2**40")
    return [
        f"def {name}(prefix):  # the log-probability of each token after these",
        f"    {name}.calls += 1",
        f'    drawn = random.Random("{seed}/" + ",".join(map(str, prefix)))',
        f"    return [{number} for _ in range({count})]",
        f"{name}.calls = 0",
    ]
