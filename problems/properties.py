"""The properties that many problems share, as checks made from a `Subject`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import torch

from problems.asks import Assign, Call, Construct, Handle, Overwrite, Program, Put, Step
from problems.cases import Case, CaseSpace, cases
from problems.checks import Check, Draw, Layer, Requirement, Subject
from problems.comparison import LayoutTree
from problems.gradients import gradient_check
from problems.requirements import (
    Agrees,
    GrowsLinearly,
    Raises,
    RightTypes,
    RowsAgree,
    SameWhenAskedAgain,
    Unchanged,
    measured,
)

Given = Mapping[str, Any]
"""Arguments of a call by name."""
ONE_CASE = cases({"B": (1,)}, kinds=("ordinary",), dtypes=("float32",), layouts=("contiguous",))


def shape_check(subject: Subject) -> Check:
    """Type, dtype and shape of what comes back."""
    return Check(
        name="shape-and-dtype",
        sentence="The result has the type, dtype and shape that the statement asks for.",
        draw=subject.draw,
        ask=subject.program,
        requires=RightTypes(subject.result),
        gate=True,
    )


def agreement_check(subject: Subject, *, cases: int = 100, name: str = "agrees-with-reference") -> Check:
    """The values are those of the reference."""
    return agrees(
        name,
        "The result is the one that the definition gives, for every size, kind of values and memory layout.",
        subject,
        cases=cases,
    )


def agrees(
    name: str,
    sentence: str,
    subject: Subject,
    ask: Callable[[Case], Iterable[Step | Given]] | None = None,
    *,
    cases: int = 25,
    requires: Requirement | None = None,
    **fields: Any,
) -> Check:
    """A check whose property shows in agreement with the reference, at every step that answers.

    Args:
        name: of the check.
        sentence: the property.
        subject: whose cases, and what is called.
        ask: the program; or the arguments of each of several calls, by name, of what the subject prepares. None: one call.
        cases: how many.
        requires: what else must hold, instead of agreement.
        fields: of the check; with `judge` nothing is required besides.
    """

    def program(case: Case) -> Program:
        if ask is None:
            return subject.program(case)
        asked = list(ask(case))
        steps = [subject.call(case, each) if isinstance(each, Mapping) else each for each in asked]
        return [*subject.prepared(case), *steps] if any(isinstance(each, Mapping) for each in asked) else steps

    return Check(
        name=name,
        sentence=sentence,
        draw=subject.draw,
        ask=program,
        requires=None if "judge" in fields else requires or Agrees(subject.result),
        cases=cases,
        **fields,
    )


def larger_check(subject: Subject, draw: Draw, *, cases: int = 40) -> Check:
    """Agreement at sizes beyond those that the other checks draw: what holds for few holds for many."""
    larger = msgspec.structs.replace(subject, draw=draw)
    return agrees("larger-sizes", "The result is right for larger sizes, too.", larger, cases=cases)


def untouched_check(subject: Subject) -> Check:
    """The arguments hold the same numbers after the call."""

    def ask(case: Case) -> Program:
        return [*subject.prepared(case), subject.call(case, echo=True)]

    return Check(
        name="inputs-not-modified",
        sentence="The inputs are left as they were.",
        draw=subject.draw,
        ask=ask,
        requires=Unchanged(),
    )


def other_case(case: Case) -> Case:
    """A case of the same sizes with other numbers."""
    return msgspec.structs.replace(case, seed=case.seed + 1_000_003, kind="ordinary")


def contiguous(value: Any) -> Any:
    """A tensor, or a tuple or list of them, in memory of its own; plain values as they are."""
    if isinstance(value, (tuple, list)):
        return type(value)(contiguous(item) for item in value)
    return value.contiguous() if isinstance(value, torch.Tensor) else value


def is_changeable(value: Any) -> bool:
    """Whether one object may hold other contents later: tensors, tuples of them, lists and dicts."""
    if isinstance(value, tuple):
        return any(isinstance(item, torch.Tensor) for item in value)
    return isinstance(value, (torch.Tensor, list, dict))


def no_memory_check(subject: Subject) -> Check:
    """A call gives the same whatever was called before, also where one array object holds other numbers than it did.

    Last come calls in which one argument is new and the others are known, and one with known arguments and new weights.
    """

    def ask(case: Case) -> Program:
        inputs, others = subject.inputs(case), subject.inputs(other_case(case))
        arrays = [name for name, value in inputs.items() if is_changeable(value)]
        held = {name: Handle(f"held_{name}") if name in arrays else value for name, value in inputs.items()}
        return [
            *subject.prepared(case),
            subject.call(case),
            subject.call(case, others),
            subject.call(case, inputs),
            *[Put(into=f"held_{name}", value=contiguous(inputs[name])) for name in arrays],
            subject.call(case, held),
            *[Overwrite(into=f"held_{name}", value=contiguous(others[name])) for name in arrays],
            subject.call(case, held),
            *[subject.call(case, {**inputs, name: others[name]}) for name in arrays],
            *[step for step in subject.prepared(other_case(case)) if isinstance(step, Assign)],
            subject.call(case, inputs),
        ]

    return Check(
        name="nothing-kept-between-calls",
        sentence="A call gives the same result whatever was called before it.",
        draw=subject.draw,
        ask=ask,
        requires=SameWhenAskedAgain(subject.result),
    )


def any_order_check(subject: Subject) -> Check:
    """In a fresh process, on the cases in another order, the results are right as well."""
    return agrees(
        "right-in-any-order",
        "The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        subject,
        own_process=True,
    )


def rows_check(subject: Subject, batch: str = "") -> Check:
    """A row of the batch gives the same whatever stands in the other rows.

    Args:
        subject: the call; its `rows` are the arguments that have the batch.
        batch: the letter of the batch, where the subject does not name it.
    """
    batch = batch or subject.batch

    def changed(case: Case, row: int) -> dict[str, Any]:
        others = subject.inputs(other_case(case))
        mixed: dict[str, Any] = {}
        for name, value in subject.inputs(case).items():
            if name in subject.rows and isinstance(value, torch.Tensor):
                mixed[name] = others[name].clone()
                mixed[name][row] = value[row]
            elif name in subject.rows and isinstance(value, tuple):
                mixed[name] = tuple(other.clone() for other in others[name])
                for into, part in zip(mixed[name], value, strict=True):
                    into[row] = part[row]
            else:
                mixed[name] = value
        return mixed

    def ask(case: Case) -> Program:
        if batch not in case.sizes:
            raise ValueError(
                f"rows_check finds no size {batch!r}: name the letter of the rows, rows_check(SUBJECT, batch=...)"
            )
        row = case.seed % case.sizes[batch]
        return [*subject.prepared(case), subject.call(case), subject.call(case, changed(case, row))]

    return Check(
        name="rows-are-independent",
        sentence="Each row of the batch is computed from that row alone.",
        draw=subject.draw,
        ask=ask,
        requires=RowsAgree(subject.result, batch),
    )


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


def growth_check(
    draw: Draw,
    ask: Callable[[Case], tuple[Program, dict[int, int]]],
    *,
    letter: str,
    sizes: tuple[int, ...],
    result: LayoutTree,
    sentence: str,
) -> Check:
    """Cost grows in proportion to a size, see `GrowsLinearly`.

    Args:
        draw: the cases.
        ask: the program, and the size of each step that is measured: one of `sizes` or a little more.
        letter: of the size.
        sizes: n and 4 n, or more; perhaps a small one before them.
        result: names and letters of what comes back.
        sentence: the property.
    """

    def program(case: Case) -> Program:
        steps, of_size = ask(case)
        return measured(steps, of_size, letter)

    return Check(
        name="cost-grows-linearly",
        sentence=sentence,
        draw=draw,
        ask=program,
        requires=GrowsLinearly(letter, sizes, result),
        cases=1,
        timed=True,
    )


def grows_with(
    subject: Subject,
    letter: str,
    sizes: tuple[int, ...],
    *,
    sentence: str,
    repeats: int = 4,
    more: int = 0,
    **others: int,
) -> Check:
    """The cost of the subject's call grows in proportion to one size.

    Each size comes in turn, `repeats` times, each time on other numbers; the first time is not measured.

    Args:
        subject: the call.
        letter: of the size.
        sizes: n and 4 n, or more; perhaps a small one before them.
        sentence: the property.
        repeats: how often.
        more: by how much the size grows from one time to the next.
        others: the other sizes.
    """
    space = subject.space
    simplest = {name: values[:1] for name, values in space.options.items()}
    fixed = {name: (others[name],) for name in space.sizes if name != letter}
    space = space.but(
        kinds=("ordinary",), dtypes=("float32",), layouts=("contiguous",), large=({},), **fixed, **simplest
    )
    space = space.but(**{letter: (sizes[-1],)})

    def ask(case: Case) -> tuple[Program, dict[int, int]]:
        program, of_size = subject.prepared(case), dict[int, int]()
        for repeat in range(repeats):
            for size in sizes:
                own = case.resized(**{letter: size + repeat * more}).but(seed=case.seed + repeat)
                given = subject.inputs(own)
                held = {name: value for name, value in given.items() if is_changeable(value)}
                program += [Put(into=name, value=value) for name, value in held.items()]
                if repeat:
                    of_size[len(program)] = own.sizes[letter]
                program.append(subject.call(own, given | {name: Handle(name) for name in held}))
        return program, of_size

    return growth_check(space, ask, letter=letter, sizes=sizes, result=subject.result, sentence=sentence)


def together(*checks: Check, requires: Requirement | None = None, **changes: Any) -> Check:
    """One check of several calls: their programs one after the other. What each call is comes first in the words.

    Args:
        checks: of the calls, each of its own subject.
        requires: what must hold of all; None: what the first check requires, of results as each call says.
        changes: other fields than those of the first check.
    """
    first = checks[0].requires
    if first is not None and "result" in first.__struct_fields__:  # type: ignore[attr-defined]
        first = msgspec.structs.replace(first, result=None)  # type: ignore[type-var]

    def ask(case: Case) -> Program:
        steps = [step for check in checks for step in check.ask(case)]
        return [
            msgspec.structs.replace(step, note=step.note or step.target) if isinstance(step, Call) else step
            for step in steps
        ]

    return checks[0].but(ask=ask, requires=requires or first, **changes)


STANDARD = (
    "shape-and-dtype",
    "agrees-with-reference",
    "larger-sizes",
    "at-the-limits",
    "called-by-name",
    "inputs-not-modified",
    "nothing-kept-between-calls",
    "right-in-any-order",
    "rows-are-independent",
    "raises-value-error",
    "gradients",
    "cost-grows-linearly",
)
"""Names of the standard checks, in their order; those of a problem's own come after the third."""
BEFORE = 3
AGREEING = 88  # with those that are called by name a hundred


def standard_checks(
    subject: Subject,
    *special: Check,
    larger: Sequence[Mapping[str, int]] = (),
    limits: Sequence[Mapping[str, Any]] = (),
    raises: Check | None = None,
    growth: Check | None = None,
    leave_out: Mapping[str, str] | None = None,
    counts: Mapping[str, int] | None = None,
    others: Mapping[str, Check] | None = None,
) -> tuple[Check, ...]:
    """What every problem needs, and what is special to one: the tuple CHECKS.

    Args:
        subject: the call; gradients are asked for in frameworks that have them.
        special: checks of the problem's own.
        larger: sizes beyond those of the subject's cases, each in a call whose other sizes are small.
        limits: sizes and options at the ends of what the statement promises, each in a call of its own.
        raises: the check of what raises ValueError, where something does.
        growth: the check of how the cost grows, where the statement promises something.
        leave_out: standard checks that are not made, each with the reason.
        counts: how many cases, by the name of the check.
        others: checks that take the place of standard ones, by name.
    """
    out, other = dict(leave_out or {}), dict(others or {})
    if unknown := sorted({*out, *other} - set(STANDARD)):
        raise ValueError(f"{unknown[0]} is no standard check: they are {', '.join(STANDARD)}")
    if silent := [name for name, reason in out.items() if len(reason) < LEAST_REASON]:
        raise ValueError(f"leave_out must say why {silent[0]} is left out")
    if not larger and not {"larger-sizes"} & {*out, *other}:
        raise ValueError("name larger= sizes, or say in leave_out= why there is no check of larger-sizes")
    if not subject.rows and not {"rows-are-independent"} & {*out, *other}:
        raise ValueError(
            "name the rows= of the subject, or say in leave_out= why there is no check of rows-are-independent"
        )
    made: dict[str, Callable[[], Check]] = {
        "shape-and-dtype": lambda: shape_check(subject),
        "agrees-with-reference": lambda: agreement_check(subject, cases=AGREEING),
        "larger-sizes": lambda: larger_check(subject, larger_space(subject, larger)),
        "called-by-name": lambda: names_check(subject),
        "inputs-not-modified": lambda: untouched_check(subject),
        "nothing-kept-between-calls": lambda: no_memory_check(subject),
        "right-in-any-order": lambda: any_order_check(subject),
        "rows-are-independent": lambda: rows_check(subject),
        "gradients": lambda: gradient_check(subject),
    }
    if limits:
        made["at-the-limits"] = lambda: limits_check(subject, limits)
    given = {"raises-value-error": raises, "cost-grows-linearly": growth}
    other = {name: check for name, check in given.items() if check is not None} | other
    standard = {
        name: other[name] if name in other else made[name]() for name in STANDARD if name in {*made, *other} - {*out}
    }
    before = [standard[name] for name in STANDARD[:BEFORE] if name in standard]
    found = [*before, *special, *[standard[name] for name in STANDARD[BEFORE:] if name in standard]]
    chosen = counts or {}
    if unknown := sorted(set(chosen) - {check.name for check in found}):
        raise ValueError(f"counts= names {unknown[0]}, which is no check here")
    return tuple(
        msgspec.structs.replace(check, cases=chosen[check.name]) if check.name in chosen else check for check in found
    )


def limits_check(subject: Subject, limits: Sequence[Mapping[str, Any]], *, cases: int = 2) -> Check:
    """Agreement at the ends of what the statement promises: each limit in a call of its own, on ordinary numbers and small sizes."""

    def ask(case: Case) -> Program:
        ends = [
            case.resized(**{name: value for name, value in limit.items() if name in case.sizes}).but(
                **{name: value for name, value in limit.items() if name not in case.sizes}
            )
            for limit in limits
        ]
        return [*subject.prepared(case), *[subject.call(end) for end in ends]]

    small = msgspec.structs.replace(subject, draw=larger_space(subject, ({},)))
    sentence = "What the statement promises holds at its limits, too."
    return agrees("at-the-limits", sentence, small, ask, cases=cases)


LEAST_REASON = 12  # letters
SMALL = 3  # of a size beside one that is large


def larger_space(subject: Subject, large: Sequence[Mapping[str, int]], **changes: Any) -> CaseSpace:
    """Cases in which one size is large, or two, and the rest is small: answers that loop are slow, and not punished for it."""
    space = subject.space
    small = {
        letter: tuple(size for size in sizes if size <= max(SMALL, min(sizes))) for letter, sizes in space.sizes.items()
    }
    return space.but(**{"kinds": ("ordinary",), "large": tuple(large), **small, **changes})
