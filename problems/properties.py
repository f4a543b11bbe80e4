"""The properties that many problems share, as checks made from a `Subject`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import torch

from problems.agreement import Picked, calls_of, every_call_agrees, shape_finding, value_finding
from problems.asks import Assign, Call, Construct, Given, Handle, Overwrite, Program, Put
from problems.cases import Case
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, LayoutTree, Plain, as_tensor, is_array, leaves
from problems.kinds import Kind
from problems.plain import same_plain
from problems.wording import call_words

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


FAR_OFF = 1e-2  # of the largest right value
MOST_GROWTH = 1.5  # as a power of the size, between linear (1) and quadratic (2)


def shape_check(subject: Subject) -> Check:
    """Type, dtype and shape of what comes back."""

    def judge(asked: CaseAnswers) -> Finding | None:
        return shape_finding(asked, len(asked.program) - 1, subject.result)

    return Check(
        name="shape-and-dtype",
        sentence="The result has the type, dtype and shape that the statement asks for.",
        draw=subject.draw,
        ask=subject.program,
        judge=judge,
        gate=True,
    )


def agreement_check(subject: Subject, *, cases: int = 100, name: str = "agrees-with-reference") -> Check:
    """The values are those of the reference."""
    return Check(
        name=name,
        sentence="The result is the one that the definition gives, for every size, kind of values and memory layout.",
        draw=subject.draw,
        ask=subject.program,
        judge=every_call_agrees(subject.result),
        cases=cases,
    )


def larger_check(subject: Subject, draw: Callable[[], SearchStrategy[Case]], *, cases: int = 40) -> Check:
    """Agreement at sizes beyond those that the other checks draw: what holds for few holds for many."""
    return Check(
        name="larger-sizes",
        sentence="The result is right for larger sizes, too.",
        draw=draw,
        ask=subject.program,
        judge=every_call_agrees(subject.result),
        cases=cases,
    )


def untouched_check(subject: Subject) -> Check:
    """The arguments hold the same numbers after the call."""

    def ask(case: Case) -> Program:
        return [*subject.setup(case), subject.call(case, echo=True)]

    def judge(asked: CaseAnswers) -> Finding | None:
        step = len(asked.program) - 1
        before = list(subject.inputs(asked.case).items())
        after = asked.answers[step].echo[0]
        if asked.arrays == "value":
            names = [
                name
                for (name, was), now in zip(before, after, strict=True)
                if _is_data(was) and not same_plain(now, was)
            ]
            sentence = f"your code changed its input `{names[0]}`" if names else ""
            return Finding(sentence=sentence, step=step, name=names[0]) if names else None
        for (name, mine), theirs in zip(before, after, strict=True):
            for was, now in zip(leaves(mine), leaves(theirs), strict=False):
                if is_array(was) and (not is_array(now) or not torch.equal(was, as_tensor(now))):
                    return Finding(sentence=f"your code changed its input `{name}`", step=step, name=name)
        return None

    return Check(
        name="inputs-not-modified",
        sentence="The inputs are left as they were.",
        draw=subject.draw,
        ask=ask,
        judge=judge,
    )


def _is_data(value: Any) -> bool:
    """Whether an argument comes back as it is: no function, and nothing that an earlier step left."""
    return not isinstance(value, (Given, Handle))


def other_case(case: Case) -> Case:
    """A case of the same sizes with other numbers."""
    return msgspec.structs.replace(case, seed=case.seed + 1_000_003, kind="ordinary")


def contiguous(value: Any) -> Any:
    """A tensor, or a tuple of them, in memory of its own; plain values as they are."""
    if isinstance(value, tuple):
        return tuple(contiguous(item) for item in value)
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
            *subject.setup(case),
            subject.call(case),
            subject.call(case, others),
            subject.call(case, inputs),
            *[Put(into=f"held_{name}", value=contiguous(inputs[name])) for name in arrays],
            subject.call(case, held),
            *[Overwrite(into=f"held_{name}", value=contiguous(others[name])) for name in arrays],
            subject.call(case, held),
            *[subject.call(case, {**inputs, name: others[name]}) for name in arrays],
            *[step for step in subject.setup(other_case(case)) if isinstance(step, Assign)],
            subject.call(case, inputs),
        ]

    def judge(asked: CaseAnswers) -> Finding | None:
        first, *later = calls_of(asked.program)
        if found := value_finding(asked, first, subject.result):
            return found
        for step in later:
            if found := value_finding(asked, step, subject.result):
                sentence = "called again, your code gives another result than the first time: " + found.sentence
                return msgspec.structs.replace(found, sentence=sentence)
        return None

    return Check(
        name="nothing-kept-between-calls",
        sentence="A call gives the same result whatever was called before it.",
        draw=subject.draw,
        ask=ask,
        judge=judge,
    )


def any_order_check(subject: Subject) -> Check:
    """In a fresh process, on the cases in another order, the results are right as well."""
    return Check(
        name="right-in-any-order",
        sentence="The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw=subject.draw,
        ask=subject.program,
        judge=every_call_agrees(subject.result),
        own_process=True,
    )


def rows_check(subject: Subject, batch: str = "B") -> Check:
    """A row of the batch gives the same whatever stands in the other rows."""

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
        return [*subject.setup(case), subject.call(case), subject.call(case, changed(case, row))]

    def judge(asked: CaseAnswers) -> Finding | None:
        first, second = calls_of(asked.program)
        for step in (first, second):
            if found := shape_finding(asked, step, subject.result):
                return found
        row = asked.case.seed % asked.case.sizes[batch]
        picked = Picked(asked.right, first, lambda answer, place: leaves(answer.value)[place][row])
        for place, part in enumerate(leaves(subject.result)):
            mine = as_tensor(leaves(asked.answers[second].value)[place])[row]
            found = picked.compare(mine, place, part.name)
            if found:
                sentence = f"row {row} of the batch comes out differently when other rows change: {found.sentence}"
                return msgspec.structs.replace(found, sentence=sentence, step=second)
        return None

    return Check(
        name="rows-are-independent",
        sentence="Each row of the batch is computed from that row alone.",
        draw=subject.draw,
        ask=ask,
        judge=judge,
    )


def raises_check(
    draw: Callable[[], SearchStrategy[Case]],
    ask: Callable[[Case], Program],
    *,
    name: str = "raises-value-error",
    sentence: str,
    cases: int = 12,
    stochastic: bool = False,
) -> Check:
    """Every step of the program that may raise must raise ValueError; `stochastic`: what does not raise may be drawn."""

    def judge(asked: CaseAnswers) -> Finding | None:
        for step, asking in enumerate(asked.program):
            if not getattr(asking, "may_raise", False):
                continue
            assert isinstance(asking, (Call, Construct))
            failure = asked.answers[step].failure
            called = call_words(asking)
            if failure is None:
                return Finding(sentence=f"{called} raised nothing; ValueError is asked for", step=step)
            if "ValueError" not in failure.bases:
                what = f"{failure.type_name}: {failure.message}".strip(": ")[:200]
                return Finding(sentence=f"{called} raised {what}; ValueError is asked for", step=step)
        return None

    return Check(name=name, sentence=sentence, draw=draw, ask=ask, judge=judge, cases=cases, stochastic=stochastic)


def _far_off(asked: CaseAnswers, step: int, result: LayoutTree) -> Finding | None:
    """Whether a result is wrong beyond any rounding: other checks look closely, this one sees that the work was done."""
    if isinstance(result, Plain):
        found = value_finding(asked, step, result)
        return (
            None
            if found is None
            else msgspec.structs.replace(found, sentence=f"while its time was measured, {found.sentence}")
        )
    right = leaves(asked.right.exact(step).value)
    for mine, exact, part in zip(leaves(asked.answers[step].value), right, leaves(result), strict=True):
        most = FAR_OFF * max(1.0, float(exact.abs().max()))
        if not bool(((as_tensor(mine).double() - exact).abs() <= most).all()):
            return Finding(sentence=f"while its time was measured, {part.name} was wrong", step=step)
    return None


def growth_check(
    draw: Callable[[], SearchStrategy[Case]],
    ask: Callable[[Case], tuple[Program, dict[int, int]]],
    *,
    letter: str,
    sizes: tuple[int, ...],
    result: LayoutTree,
    sentence: str,
) -> Check:
    """Cost grows in proportion to a size: for four times the size it may be at most eight times as much, for ten times 32 times.

    For four times the size a linear cost grows fourfold, a quadratic one sixteenfold. Where a first size is given that costs next to
    nothing, its time is what every call takes, and is left out. Each size is measured several times, in turn, and the least counts, so
    that what else the machine does falls out. What is measured must be right as well.

    Args:
        draw: the cases.
        ask: the program, and the size of each step that is measured: one of `sizes` or a little more.
        letter: of the size.
        sizes: n and 4 n, or more; perhaps a small one before them.
        result: names and letters of what comes back.
        sentence: the property.
    """

    def judge(asked: CaseAnswers) -> Finding | None:
        least: dict[int, float] = {}
        steps = {step: size for step, size in ask(asked.case)[1].items() if step in asked.answers}
        for step, size in steps.items():
            exact = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, letter: size})
            at_size = msgspec.structs.replace(asked, case=exact)
            if found := shape_finding(at_size, step, result) or _far_off(at_size, step, result):
                return found
            spent = asked.answers[step].cpu_seconds
            if spent is not None:
                nominal = max(each for each in sizes if each <= size)
                least[nominal] = min(spent, least.get(nominal, spent))
        if len(least) < len(sizes):
            return None  # no CPU clock on this system, and the wall clock would judge the machine
        found = _growth_finding(letter, sizes, [least[size] for size in sizes])
        first = next(step for step, size in steps.items() if size >= sizes[-1])
        return None if found is None else msgspec.structs.replace(found, step=first)

    return Check(
        name="cost-grows-linearly",
        sentence=sentence,
        draw=draw,
        ask=lambda case: ask(case)[0],
        judge=judge,
        cases=1,
        timed=True,
    )


def _growth_finding(letter: str, sizes: tuple[int, ...], seconds: Sequence[float]) -> Finding | None:
    """Whether the last of these grew too much, beside the one before it."""
    *first, small, large = seconds
    base = first[0] if first else 0.0
    # Where the growth up to n is lost in what every call takes, a third of that takes its place.
    growth = (large - base) / max(small - base, small / 3, 1e-6)
    ratio = sizes[-1] / sizes[-2]
    if growth <= ratio**MOST_GROWTH:
        return None
    words = f"at {letter} = {sizes[-1]:,} a call takes {large / small:.0f} times as long as at {letter} = {sizes[-2]:,}"
    times = f"about {ratio:.0f} times as long, a quadratic one {ratio * ratio:.0f} times"
    fact = f"A cost that grows linearly with {letter} would take {times}."
    if first:
        beyond = f"Without what every call takes (as at {letter} = {sizes[0]:,}), that is {growth:.0f} times or more."
        fact = f"{beyond} {fact}"
    return Finding(verdict=Kind.TIME_LIMIT, sentence=words, facts=(fact,))
