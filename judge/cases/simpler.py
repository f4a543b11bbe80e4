"""Cases simpler than one that failed: all is as simple as it gets, except for one or two factors.

Most failures need no more than one or two factors to show, as Kuhn, Wallace and Gallo counted in reports of bugs ("Software Fault
Interactions and Implications for Software Testing", 2004). So these few cases nearly always hold one that fails.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from problems.cases import Case, CaseSpace, Dealt

MOST_CASES = 48
MOST_KEPT = 2  # factors that are not the simplest
SEEDS = range(8)  # that a smaller size is tried with


def simpler_cases(space: CaseSpace, dealt: Dealt) -> list[Case]:
    """Cases that keep at most two factors of the one that failed, the simplest first.

    Args:
        space: that the case was dealt from.
        dealt: the case.
    """
    levels = {name: values for name, values in _levels(space, dealt).items() if values}
    plain = _plainest(space)
    found: list[tuple[int, Case]] = []
    for count in range(MOST_KEPT + 1):
        for names in itertools.combinations(levels, count):
            for values in itertools.product(*(levels[name] for name in names)):
                case = _case(space, plain, dict(zip(names, values, strict=True)))
                if case is not None and all(case != other for _, other in found):
                    found.append((count, case))
    found.sort(key=lambda each: (math.prod(each[1].sizes.values()), each[0]))
    return [case for _, case in found[:MOST_CASES]]


def nearly_as_simple(space: CaseSpace, case: Case) -> Iterator[list[Case]]:
    """For each factor of a case that is not the simplest: the same case with simpler values there, the simplest first."""
    for letter, sizes in space.sizes.items():
        size = case.sizes[letter]
        if size in sizes and not any(letter in each for each in space.large):
            resized = (
                space.follow(case.resized(**{letter: less}).but(seed=seed))
                for less in sizes[: sizes.index(size)]
                for seed in dict.fromkeys((case.seed, *SEEDS))
            )
            yield [each for each in resized if space.keeps_case(each)]
    lists: dict[str, Sequence[Any]] = {"kind": space.kinds, "dtype": space.dtypes, "layout": space.layouts}
    for name, values in (lists | space.options).items():
        value = case.options[name] if name in space.options else getattr(case, name)
        changed = (space.follow(case.but(**{name: each})) for each in _before(values, value))
        yield [each for each in changed if space.keeps_case(each)]


def _levels(space: CaseSpace, dealt: Dealt) -> dict[str, list[Any]]:
    """Of each factor, the values that are tried where it is not the simplest."""
    found: dict[str, list[Any]] = {}
    for letter, sizes in space.sizes.items():
        place = sizes.index(dealt.sizes[letter])
        found[letter] = list(dict.fromkeys([*sizes[1:2], sizes[place]])) if place else []
    found["large"] = [dealt.large] if dealt.large else []
    lists: dict[str, tuple[Sequence[Any], Any]] = {
        "kind": (space.kinds, dealt.kind),
        "dtype": (space.dtypes, dealt.dtype),
        "layout": (space.layouts, dealt.layout),
        **{name: (values, dealt.options[name]) for name, values in space.options.items()},
    }
    found |= {name: [value] if _before(values, value) else [] for name, (values, value) in lists.items()}
    found["seed"] = [dealt.seed] if dealt.seed else []
    return found


def _plainest(space: CaseSpace) -> Dealt:
    return Dealt(
        sizes={letter: sizes[0] for letter, sizes in space.sizes.items()},
        large=0,
        kind=space.kinds[0],
        dtype=space.dtypes[0],
        layout=space.layouts[0],
        options={name: values[0] for name, values in space.options.items()},
        seed=0,
    )


def _case(space: CaseSpace, plain: Dealt, changes: dict[str, Any]) -> Case | None:
    """The plainest case but for these factors; None where the space has no such case."""
    sizes = {name: value for name, value in changes.items() if name in space.sizes}
    options = {name: value for name, value in changes.items() if name in space.options}
    rest = {name: value for name, value in changes.items() if name not in sizes and name not in options}
    changed = msgspec.structs.replace(plain, sizes=plain.sizes | sizes, options=plain.options | options, **rest)
    case = space.case(changed)
    return case if space.keeps_case(case) else None


def _before(values: Sequence[Any], value: Any) -> list[Any]:
    """The values that stand before this one; 1 and True are two."""
    place = next((n for n, each in enumerate(values) if each == value and type(each) is type(value)), 0)
    return list(values[:place])
