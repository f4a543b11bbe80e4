"""Comparing plain Python values: their types exactly, then what they hold; floats with a bound that is estimated on the case at hand.

Types are those of the reference's answer, at every place: True is no 1, 2 no 2.0, a list no tuple (a NamedTuple is one). Integers,
texts and bytes are equal or not. A float may be off, in steps of which each is tried only where the one before does not admit it:

1. by 16 eps of the right value;
2. and by 8 times what the reference is off by where each of its operations is off by a random eps (`judge.oracle.noise_python`; in as
   many runs as `problems.comparison` takes), and by 4 eps of the largest number on the way, relative to the right value, or to 1 where
   both are small.

That is the rule for arrays (`problems.comparison`), with each float as an array of its own: in a list of gradients the small ones
count as well. Python has one kind of float, so the step that asks the reference in a lower precision falls away. Where a run that
is off takes another way and has no float at this place, it tells nothing of it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

from problems.asks import Unreadable
from problems.comparison import FLOOR, INTERMEDIATE, OWN_ERROR, RUNS, Finding, Plain, Rough
from problems.kinds import Kind
from problems.patterns import OF_FLOAT32

EPS = sys.float_info.epsilon
LONGEST = 60  # letters of a value in a sentence
MOST_PRECISE, SINGLE = 2e-9, 3e-7  # relative to the right value: what has the digits of float32 is off by so much

Path = tuple[Any, ...]


def type_fault(mine: Any, right: Any, layout: Plain) -> Finding | None:
    """Where a value is of another type than the right one, the first place at which it is."""
    for path, own, exact in _pairs(mine, right):
        words = _type_words(own, exact)
        if words is not None:
            name = place_words(layout, path)
            subject = f"you returned {words[0]}" if not path and layout.name == "result" else f"{name} is {words[0]}"
            return Finding(
                verdict=Kind.WRONG_SHAPE,
                sentence=f"{subject}; expected {words[1]}",
                name=name,
                expected=None if path else right,
                actual=None if path else mine,
            )
    return None


def _type_words(mine: Any, right: Any) -> tuple[str, str] | None:
    """What a value is and what is asked for, where these differ."""
    if isinstance(mine, Unreadable):
        return mine.why, kind_words(right)
    if type(mine) is not type(right):
        return kind_words(mine, shown=True), kind_words(right)
    if isinstance(right, tuple) and len(mine) != len(right):
        return f"a tuple of {len(mine)}", f"a tuple of {len(right)}"
    return None


def kind_words(value: Any, *, shown: bool = False) -> str:
    """ "a list", "an int"; with `shown` also which: "an int (3)"."""
    if value is None:
        return "None"
    name = type(value).__name__
    words = name if name == "bytes" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    return f"{words} ({value!r})" if shown and isinstance(value, (bool, int, float)) else words


def _pairs(mine: Any, right: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """What stands at the same place in both, the whole first, as far as they are built alike."""
    yield path, mine, right
    if type(mine) is not type(right):
        return
    if isinstance(right, (list, tuple)):
        for place, (own, exact) in enumerate(zip(mine, right, strict=False)):
            yield from _pairs(own, exact, (*path, place))
    elif isinstance(right, dict):
        for key in right:
            if key in mine:
                yield from _pairs(mine[key], right[key], (*path, key))


def value_fault(mine: Any, right: Any, rough: Callable[[float, int], Rough], layout: Plain) -> Finding | None:
    """Where a value of the right types holds something else than the right one, the first place at which it does."""
    for path, own, exact in _pairs(mine, right):
        found = _place_fault(own, exact, path, rough)
        if found is None:
            continue
        name = place_words(layout, path)
        shown = _shown(mine, right, path, layout)
        return Finding(
            sentence=f"{name} {found}" if path or layout.name != "result" else f"the result {found}",
            facts=_digits_fact(own, exact),
            name=name,
            expected=at(right, path[:shown]),
            actual=at(mine, path[:shown]),
        )
    return None


def _digits_fact(mine: Any, right: Any) -> tuple[str, ...]:
    """Where a number has the digits of float32 and no more."""
    if (
        not (isinstance(mine, float) and isinstance(right, float))
        or not MOST_PRECISE < abs(mine - right) / (abs(right) or 1.0) < SINGLE
    ):
        return ()
    return (f"{OF_FLOAT32}, and no further, while Python's floats are float64",)


def _shown(mine: Any, right: Any, path: Path, layout: Plain) -> int:
    """How far down the path to a difference to show both values: of a list of things with names only the one, else what is short enough."""
    first = 1 if path and layout.parts else 0
    for depth in range(first, len(path)):
        if max(len(repr(at(mine, path[:depth]))), len(repr(at(right, path[:depth])))) <= LONGEST:
            return depth
    return max(first, min(1, len(path)))


def _place_fault(mine: Any, right: Any, path: Path, rough: Callable[[float, int], Rough]) -> str | None:
    """What is wrong at one place, in words that follow its name."""
    if isinstance(right, list):
        if len(mine) != len(right):
            return f"has {_counted(len(mine), 'item')}; expected {len(right)}"
    elif isinstance(right, dict):
        missing = [key for key in right if key not in mine]
        undue = [key for key in mine if key not in right]
        if missing:
            return f"has no {_short(missing[0])}"
        if undue:
            return f"has {_short(undue[0])}, which does not belong there"
    elif isinstance(right, float):
        if not same_float(mine, right, lambda eps, runs: rough_floats(rough(eps, runs), path)):
            return f"is {_told_apart(mine, right)}"
    elif not isinstance(right, tuple) and mine != right:
        return f"is {_short(mine)}; expected {_short(right)}"
    return None


def same_float(mine: float, right: float, rough: Callable[[float, int], Rough]) -> bool:
    """Whether a float is right but for rounding."""
    if mine == right or (math.isnan(mine) and math.isnan(right)):
        return True
    if not (math.isfinite(mine) and math.isfinite(right)):
        return False
    off = abs(mine - right)
    if off <= float_bound(right):
        return True
    for runs, near in RUNS:
        disturbed = rough(EPS, runs)
        allowed = float_bound(right, disturbed)
        if off <= allowed:
            return True
        if off > near * (allowed + EPS * disturbed.largest):
            break
    return False


def float_bound(right: float, disturbed: Rough | None = None) -> float:
    """By how much a float may be off by the first step, or with what the reference has where its operations are off, the second."""
    bound = FLOOR * EPS * abs(right)
    if disturbed is None:
        return bound
    bound += OWN_ERROR * max((abs(value - right) for value in disturbed.values), default=0.0)
    return bound + INTERMEDIATE * EPS * (max(1.0, disturbed.largest) * abs(right) + min(1.0, disturbed.largest))


def rough_floats(rough: Rough, path: Path) -> Rough:
    """What the runs that are off have at one place, where they have a float there."""
    found = [at(value, path) for value in rough.values]
    return Rough([value for value in found if isinstance(value, float) and math.isfinite(value)], rough.largest)


def at(value: Any, path: Path) -> Any:
    """What stands at a place; None where there is none."""
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return None
    return value


def same_plain(mine: Any, right: Any) -> bool:
    """Whether two values are equal to the last bit, types included: 1 is not True, and NaN is NaN."""
    if type(mine) is not type(right):
        return False
    if isinstance(right, (list, tuple)):
        return len(mine) == len(right) and all(same_plain(*pair) for pair in zip(mine, right, strict=True))
    if isinstance(right, dict):
        return mine.keys() == right.keys() and all(same_plain(mine[key], right[key]) for key in right)
    return bool(mine == right) or (mine != mine and right != right)


def place_words(layout: Plain, path: Path) -> str:
    """ "result[1][0]"; of values that have names, "a.grad"."""
    if path and layout.parts and isinstance(path[0], int) and path[0] < len(layout.parts):
        return layout.parts[path[0]] + "".join(f"[{key!r}]" for key in path[1:])
    if not path and layout.name == "result":
        return "the result"
    return layout.name + "".join(f"[{key!r}]" for key in path)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _told_apart(mine: float, right: float) -> str:
    """Two numbers with as many digits as it takes to see that they differ."""
    digits = next((each for each in (6, 9, 12) if f"{mine:.{each}g}" != f"{right:.{each}g}"), 17)
    return f"{mine:.{digits}g}; expected {right:.{digits}g}"
