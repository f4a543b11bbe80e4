"""How arguments are passed, and which of them are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from problems.asks import Construct, Program, Step
from problems.cases import Case, cases
from problems.checks import Check, Draw, Layer, Subject
from problems.properties.results import Given, agrees
from problems.requirements import Raises

ONE_CASE = cases({"B": (1,)}, kinds=("ordinary",), dtypes=("float32",), layouts=("contiguous",))


def names_check(subject: Subject, *, cases: int = 12) -> Check:
    """Arguments by position, by name in another order, and left out where they have a default; an object made by name as well."""

    def ask(case: Case) -> Program:
        given = subject.inputs(case)
        required = {name: value for name, value in given.items() if name not in subject.defaults}
        made = subject.layer.setup(case, by_name=True) if subject.layer else subject.prepared(case)
        ways: list[tuple[Given, Given]] = [({}, dict(reversed(given.items()))), (required, {})]
        ways += [(required, {name: given[name]}) for name in subject.defaults]
        calls = [subject.call(case, first, kwargs=dict(rest)) for first, rest in ways]
        return [*subject.prepared(case), subject.call(case), *made, *calls]

    left_out = ", by name, or left out" if subject.defaults else " or by name"
    return agrees("called-by-name", f"Arguments may be given by position{left_out}.", subject, ask, cases=cases)


def in_turn_check(
    subject: Subject, name: str, sentence: str, changes: Callable[[Case], Iterable[Given]], *, cases: int = 12
) -> Check:
    """Calls with other values of some arguments, and the first once more: what is passed holds for its call and for no other.

    Args:
        subject: the call.
        name: of the check.
        sentence: the property.
        changes: the arguments that are other than in the case, for each of the calls between the first and the last.
        cases: how many.
    """

    def ask(case: Case) -> list[Step | Given]:
        given = subject.inputs(case)
        return [given, *({**given, **change} for change in changes(case)), given]

    return agrees(name, sentence, subject, ask, cases=cases)


def raises_check(
    draw: Draw,
    ask: Callable[[Case], Program],
    *,
    name: str = "raises-value-error",
    sentence: str,
    cases: int = 12,
    stochastic: bool = False,
) -> Check:
    """Every step of the program that may raise must raise ValueError; `stochastic`: what does not raise may be drawn."""
    return Check(
        name=name, sentence=sentence, draw=draw, ask=ask, requires=Raises(), cases=cases, stochastic=stochastic
    )


def bad_arguments_check(
    subject: Subject, changes: Callable[[Case], Iterable[Given]], *, sentence: str, cases: int = 6
) -> Check:
    """Every call in which these arguments take the place of those of the case raises ValueError."""

    def ask(case: Case) -> Program:
        given = subject.inputs(case)
        calls = [subject.call(case, {**given, **change}, may_raise=True) for change in changes(case)]
        return [*subject.prepared(case), *calls]

    return raises_check(subject.draw, ask, sentence=sentence, cases=cases)


def bad_layer_check(layer: Layer, arguments: Sequence[tuple[Any, ...]], *, sentence: str) -> Check:
    """A layer that is made with these arguments raises ValueError."""

    def ask(case: Case) -> Program:
        return [Construct(target=layer.target, args=each, into="bad", may_raise=True) for each in arguments]

    return raises_check(ONE_CASE, ask, sentence=sentence, cases=1)
