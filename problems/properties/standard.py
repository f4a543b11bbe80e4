"""What every problem needs, made at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from problems.asks import Program
from problems.cases import Case, CaseSpace
from problems.checks import Check, Subject
from problems.gradients import gradient_check
from problems.properties.arguments import names_check
from problems.properties.modes import modes_check, parameters_check
from problems.properties.results import (
    agreement_check,
    agrees,
    any_order_check,
    larger_check,
    no_memory_check,
    rows_check,
    shape_check,
    untouched_check,
)
from problems.sizes import usual_sizes

STANDARD = (
    "shape-and-dtype",
    "agrees-with-reference",
    "inputs-not-modified",  # before those that call more than once with the same arrays: they would name what follows from it
    "larger-sizes",
    "parameters-are-registered",
    "at-the-limits",
    "called-by-name",
    "in-every-mode",
    "nothing-kept-between-calls",
    "right-in-any-order",
    "rows-are-independent",
    "raises-value-error",
    "gradients",
    "cost-grows-linearly",
)
"""Names of the standard checks, in their order; those of a problem's own come after `BEFORE`."""
BEFORE = 4
LAST = STANDARD[-1]
AGREEING = 88  # with those that are called by name a hundred
LEAST_REASON = 12  # letters
SMALL = 3  # of a size beside one that is large


def standard_checks(
    subject: Subject,
    *special: Check,
    larger: Sequence[Mapping[str, int]] = (),
    bounded: str = "",
    limits: Sequence[Mapping[str, Any]] = (),
    raises: Check | None = None,
    growth: Check | None = None,
    leave_out: Mapping[str, str] | None = None,
    counts: Mapping[str, int] | None = None,
    others: Mapping[str, Check] | None = None,
    after_gradients: Sequence[Check] = (),
) -> tuple[Check, ...]:
    """What every problem needs, and what is special to one: the tuple CHECKS.

    Args:
        subject: the call; gradients are asked for in frameworks that have them.
        special: checks of the problem's own.
        larger: sizes beyond those of the subject's cases, each in a call whose other sizes are small.
        bounded: letters of sizes that others bound: what they are in `larger` is all that is asked beyond the subject's cases.
        limits: sizes, options and kinds at the ends of what the statement promises, each in a call of its own.
        raises: the check of what raises ValueError, where something does.
        growth: the check of how the cost grows, where the statement promises something.
        leave_out: standard checks that are not made, each with the reason.
        counts: how many cases, by the name of the check.
        others: checks that take the place of standard ones, by name.
        after_gradients: checks of the problem's own that come after that of the gradients, which shows more on smaller inputs.
    """
    out, other = dict(leave_out or {}), dict(others or {})
    if "gradients" in out:
        out["in-every-mode"] = "there are no modes where there are no gradients"
    _require_reasons(out, other, larger=bool(larger), rows=bool(subject.rows))
    made: dict[str, Callable[[], Check]] = {
        "shape-and-dtype": lambda: shape_check(subject),
        "agrees-with-reference": lambda: agreement_check(subject, cases=AGREEING),
        "larger-sizes": lambda: larger_check(subject, larger_space(subject, larger, bounded=bounded)),
        "called-by-name": lambda: names_check(subject),
        "inputs-not-modified": lambda: untouched_check(subject),
        "in-every-mode": lambda: modes_check(subject),
        "nothing-kept-between-calls": lambda: no_memory_check(subject),
        "right-in-any-order": lambda: any_order_check(subject),
        "rows-are-independent": lambda: rows_check(subject),
        "gradients": lambda: gradient_check(subject),
    }
    if subject.layer is not None:
        made["parameters-are-registered"] = lambda: parameters_check(subject)
    if limits:
        made["at-the-limits"] = lambda: limits_check(subject, limits)
    given = {"raises-value-error": raises, "cost-grows-linearly": growth}
    other = {name: check for name, check in given.items() if check is not None} | other
    chosen = [name for name in STANDARD if name in {*made, *other} - {*out}]
    standard = {name: other[name] if name in other else made[name]() for name in chosen}
    before = [standard.pop(name) for name in STANDARD[:BEFORE] if name in standard]
    growing = [standard.pop(LAST)] if LAST in standard else []
    return _counted([*before, *special, *standard.values(), *after_gradients, *growing], counts or {})


def _require_reasons(out: Mapping[str, str], others: Mapping[str, Check], *, larger: bool, rows: bool) -> None:
    """See that each standard check is made, replaced, or left out with a reason.

    Raises:
        ValueError: one is not, or there is none of this name.
    """
    named = {*out, *others}
    if unknown := sorted(named - set(STANDARD)):
        raise ValueError(f"{unknown[0]} is no standard check: they are {', '.join(STANDARD)}")
    if silent := [name for name, reason in out.items() if len(reason) < LEAST_REASON]:
        raise ValueError(f"leave_out= must say why {silent[0]} is left out")
    if not larger and "larger-sizes" not in named:
        raise ValueError("name larger= sizes, or say in leave_out= why there is no check of larger-sizes")
    if not rows and "rows-are-independent" not in named:
        raise ValueError("name the subject's rows=, or say in leave_out= why there is no check of rows-are-independent")


def _counted(checks: Sequence[Check], counts: Mapping[str, int]) -> tuple[Check, ...]:
    """The checks, some with another number of cases."""
    if unknown := sorted(set(counts) - {check.name for check in checks}):
        raise ValueError(f"counts= names {unknown[0]}, which is no check here")
    return tuple(check.but(cases=counts.get(check.name, check.cases)) for check in checks)


def limits_check(subject: Subject, limits: Sequence[Mapping[str, Any]], *, cases: int = 2) -> Check:
    """Agreement at the ends of what the statement promises: each limit in a call of its own, on ordinary numbers and small sizes."""

    def ask(case: Case) -> Program:
        ends = []
        for limit in limits:
            sizes = {name: value for name, value in limit.items() if name in case.sizes}
            options = {name: value for name, value in limit.items() if name not in sizes}
            ends.append(subject.space.follow(case.resized(**sizes).but(**options)))
        return [*subject.prepared(case), *[subject.call(end) for end in ends]]

    small = msgspec.structs.replace(subject, draw=small_space(subject.space))
    sentence = "What the statement promises holds at its limits, too."
    return agrees("at-the-limits", sentence, small, ask, cases=cases)


def larger_space(
    subject: Subject, large: Sequence[Mapping[str, int]], *, bounded: str = "", **changes: Any
) -> CaseSpace:
    """Cases in which these sizes are large, or as people use them, and the rest is small: answers that loop are slow."""
    space = subject.space
    lists = {letter: sizes for letter, sizes in space.but(**changes).sizes.items() if letter not in bounded.split()}
    large = [*large, *usual_sizes(lists, large)]
    return small_space(space).but(**{"large": tuple(large), **changes})


def small_space(space: CaseSpace) -> CaseSpace:
    """The same, of small sizes and ordinary numbers."""
    small = {
        letter: tuple(size for size in sizes if size <= max(SMALL, min(sizes))) for letter, sizes in space.sizes.items()
    }
    return space.but(**{"kinds": ("ordinary",), **small})
