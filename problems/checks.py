"""Checks: properties that a right answer has, each with a sentence that the user reads when it breaks.

A check keeps three things apart. `draw` makes cases, independent of any solution. `ask` says which calls to make on a case. `judge`
says what must hold of the answers. What many problems share is made here from a `Subject`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import torch

from problems.asks import Answer, Answers, Call, Construct, Differentiate, Handle, Overwrite, Program, Put
from problems.cases import Case, upstream
from problems.comparison import (
    Expected,
    Finding,
    Layout,
    LayoutTree,
    Rough,
    as_tensor,
    compare,
    compare_array,
    dtype_name,
    is_array,
    leaves,
    shape_fault,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


class Right(Protocol):
    """What the reference answers to the same program."""

    def exact(self, step: int) -> Answer:
        """The answer in float64."""

    def single(self, step: int) -> Answer:
        """The answer in float32."""

    def rough(self, step: int, eps: float) -> tuple[list[Answer], float]:
        """Answers with an error of eps in each operation, and the largest number on the way."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """All that `judge` may look at.

    Attributes:
        case: what was drawn.
        program: what was asked.
        answers: by step.
        right: what the reference answers.
        arrays: "tensor" or "array": what the solution works with.
    """

    case: Case
    program: Program
    answers: Answers
    right: Right
    arrays: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One property.

    Attributes:
        name: stable id, in words with hyphens.
        sentence: the property, as the user reads it.
        draw: makes the strategy of its cases.
        ask: the program for a case.
        judge: what is wrong, or None.
        cases: how many are drawn.
        gate: where it fails, the rest is skipped.
        fresh: runs in a process of its own, on its cases in the order of `order`.
        measured: its steps are sent one by one and the CPU time of each is read; `judge` sees it.
        frameworks: for which it is meant; all where empty.
    """

    name: str
    sentence: str
    draw: Callable[[], SearchStrategy[Case]]
    ask: Callable[[Case], Program]
    judge: Callable[[Asked], Finding | None]
    cases: int = 25
    gate: bool = False
    fresh: bool = False
    measured: bool = False
    frameworks: tuple[str, ...] = ()


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about in most of a problem's checks: one call.

    Attributes:
        draw: cases for it.
        inputs: arguments of the call by name, in order: tensors, None, numbers, tuples of these.
        target: what is called ("lstm", "m").
        result: names and letters of what comes back.
        setup: steps that make the object which is called.
        parameters: names of its parameters that are differentiated.
        rows: arguments whose first dimension is the batch.
        arrays: called with keyword names for these arguments.
    """

    draw: Callable[[], SearchStrategy[Case]]
    inputs: Callable[[Case], dict[str, Any]]
    target: str
    result: LayoutTree
    setup: Callable[[Case], Program] = lambda case: []
    parameters: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()

    def call(self, case: Case, inputs: Mapping[str, Any] | None = None, **fields: Any) -> Call:
        """The call, on the case's own inputs or on others."""
        chosen = self.inputs(case) if inputs is None else inputs
        return Call(target=self.target, args=tuple(chosen.values()), seed=case.seed, **fields)

    def program(self, case: Case) -> Program:
        """Setup and one call."""
        return [*self.setup(case), self.call(case)]


class StepExpected:
    """The expected value of one step, for `compare`."""

    def __init__(self, right: Right, step: int) -> None:
        self._right = right
        self._step = step

    def exact(self) -> Any:
        """In float64."""
        return self._right.exact(self._step).value

    def single(self) -> Any:
        """In float32."""
        return self._right.single(self._step).value

    def rough(self, eps: float) -> Rough:
        """With an error of eps in each operation."""
        answers, largest = self._right.rough(self._step, eps)
        return Rough([answer.value for answer in answers], largest)


def value_finding(asked: Asked, step: int, result: LayoutTree, *, dtype: str | None = None) -> Finding | None:
    """Type, dtype, shape and values of one step's result against the reference."""
    answer, expected = asked.answers[step], StepExpected(asked.right, step)
    found = shape_fault(
        answer.value,
        expected.exact(),
        result,
        dtype=dtype or asked.case.dtype,
        sizes=asked.case.sizes,
        arrays=asked.arrays,
    ) or compare(answer.value, expected, result)
    return None if found is None else at_step(found, step)


def at_step(found: Finding, step: int) -> Finding:
    """The finding with the place of its step."""
    return msgspec.structs.replace(found, step=step)


def calls_of(program: Program) -> list[int]:
    """Places of the calls whose answers come back."""
    return [place for place, step in enumerate(program) if isinstance(step, Call) and step.answer]


Judge = Callable[[Asked], Finding | None]


def every_call_agrees(result: LayoutTree) -> Judge:
    """`judge` for checks whose property shows in plain agreement with the reference, at every call."""

    def judge(asked: Asked) -> Finding | None:
        for step in calls_of(asked.program):
            if found := value_finding(asked, step, result):
                return found
        return None

    return judge


def shape_check(subject: Subject) -> Check:
    """Type, dtype and shape of what comes back."""

    def judge(asked: Asked) -> Finding | None:
        step = len(asked.program) - 1
        found = shape_fault(
            asked.answers[step].value,
            asked.right.exact(step).value,
            subject.result,
            dtype=asked.case.dtype,
            sizes=asked.case.sizes,
            arrays=asked.arrays,
        )
        return None if found is None else at_step(found, step)

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


def untouched_check(subject: Subject) -> Check:
    """The arguments hold the same numbers after the call."""

    def ask(case: Case) -> Program:
        return [*subject.setup(case), subject.call(case, echo=True)]

    def judge(asked: Asked) -> Finding | None:
        step = len(asked.program) - 1
        before = list(subject.inputs(asked.case).items())
        after = asked.answers[step].echo[0]
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


def other_case(case: Case) -> Case:
    """A case of the same sizes with other numbers."""
    return msgspec.structs.replace(case, seed=case.seed + 1_000_003, kind="ordinary")


def contiguous(value: Any) -> Any:
    """A tensor, or a tuple of them, in memory of its own."""
    if isinstance(value, tuple):
        return tuple(contiguous(item) for item in value)
    return value.contiguous()


def no_memory_check(subject: Subject) -> Check:
    """A call gives the same whatever was called before, also where one array object holds other numbers than it did."""

    def ask(case: Case) -> Program:
        inputs, others = subject.inputs(case), subject.inputs(other_case(case))
        arrays = [name for name, value in inputs.items() if isinstance(value, (torch.Tensor, tuple))]
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
        ]

    def judge(asked: Asked) -> Finding | None:
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
        fresh=True,
    )


def larger_check(subject: Subject, draw: Callable[[], SearchStrategy[Case]], *, cases: int = 6) -> Check:
    """Agreement at sizes beyond those that the other checks draw: what holds for few holds for many."""
    return Check(
        name="larger-sizes",
        sentence="The result is right for larger sizes, too.",
        draw=draw,
        ask=subject.program,
        judge=every_call_agrees(subject.result),
        cases=cases,
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
        row = case.seed % case.sizes[batch]
        return [*subject.setup(case), subject.call(case), subject.call(case, changed(case, row))]

    def judge(asked: Asked) -> Finding | None:
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


class Picked:
    """Compares parts of an answer with the same parts of the reference's.

    Args:
        right: the reference's answers.
        step: whose.
        pick: the part of an answer that has this key.
    """

    def __init__(self, right: Right, step: int, pick: Callable[[Answer, Any], Any]) -> None:
        self._right = right
        self._step = step
        self._pick = pick

    def compare(self, mine: Any, key: Any, name: str) -> Finding | None:
        """What is wrong with one part, of the right shape and dtype already."""

        def rough(eps: float) -> Rough:
            answers, largest = self._right.rough(self._step, eps)
            return Rough([self._pick(answer, key) for answer in answers], largest)

        exact = self._pick(self._right.exact(self._step), key)
        found = compare_array(
            mine, exact, single=lambda: self._pick(self._right.single(self._step), key), rough=rough, name=name
        )
        return None if found is None else at_step(found, self._step)


def shape_finding(asked: Asked, step: int, result: LayoutTree) -> Finding | None:
    """Type, dtype and shape of one step's result."""
    found = shape_fault(
        asked.answers[step].value,
        asked.right.exact(step).value,
        result,
        dtype=asked.case.dtype,
        sizes=asked.case.sizes,
        arrays=asked.arrays,
    )
    return None if found is None else at_step(found, step)


def gradient_check(
    subject: Subject,
    shapes: Callable[[Case], Sequence[Sequence[int]]],
    *,
    cases: int = 100,
    skip: Sequence[str] = (),
) -> Check:
    """Vector-Jacobian products for every floating input and every parameter are those of the reference.

    Args:
        subject: the call.
        shapes: of the tensors that come back, in order.
        cases: how many.
        skip: inputs whose gradient is not asked for.
    """

    def ask(case: Case) -> Program:
        inputs = subject.inputs(case)
        step = Differentiate(
            target=subject.target,
            args=tuple(inputs.values()),
            upstream=upstream(case, *shapes(case)),
            module=(subject.setup(case) and "m") or None,
            parameters=subject.parameters,
            seed=case.seed,
        )
        return [*subject.setup(case), step]

    def judge(asked: Asked) -> Finding | None:
        step = len(asked.program) - 1
        return gradient_finding(asked, step, input_names(subject.inputs(asked.case)), subject.result, skip)

    return Check(
        name="gradients",
        sentence="Gradients flow to every floating-point input and every trainable parameter, and are right.",
        draw=subject.draw,
        ask=ask,
        judge=judge,
        cases=cases,
        frameworks=("torch",),
    )


def input_names(inputs: Mapping[str, Any]) -> list[str]:
    """A name for every floating tensor among the inputs, in the order in which gradients come back."""
    names: list[str] = []
    for name, value in inputs.items():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            names.append(name)
        elif isinstance(value, (tuple, list)):
            names += [f"{name}[{i}]" for i, part in enumerate(value) if isinstance(part, torch.Tensor)]
    return names


def gradient_finding(
    asked: Asked, step: int, names: Sequence[str], result: LayoutTree, skip: Sequence[str] = ()
) -> Finding | None:
    """Gradients of one differentiated call against the reference's."""
    answer, exact = asked.answers[step], asked.right.exact(step)
    if found := shape_finding(asked, step, result):
        return found
    if answer.why or answer.inputs is None:
        return Finding(sentence=f"the result can't be differentiated: {answer.why}", step=step)
    assert exact.inputs is not None
    inputs = Picked(asked.right, step, lambda other, place: (other.inputs or [])[place])
    for place, name in enumerate(names):
        if name in skip:
            continue
        if found := _gradient_fault(asked, step, name, answer.inputs[place], exact.inputs[place]):
            return found
        mine, right = answer.inputs[place], exact.inputs[place]
        if (
            mine is not None
            and right is not None
            and (found := inputs.compare(mine, place, f"the gradient for {name}"))
        ):
            return found
    parameters = Picked(asked.right, step, lambda other, name: other.parameters[name])
    for name, right in exact.parameters.items():
        mine = answer.parameters.get(name)
        if found := _gradient_fault(asked, step, name, mine, right):
            return found
        if (
            mine is not None
            and right is not None
            and (found := parameters.compare(mine, name, f"the gradient for {name}"))
        ):
            return found
    return None


def _gradient_fault(asked: Asked, step: int, name: str, mine: Any, exact: Any) -> Finding | None:
    """A gradient that is missing, or of another shape or dtype than its input."""
    label = f"the gradient for {name}"
    if exact is None:
        return None
    if mine is None:
        if not bool(exact.abs().max() > 1e-12):
            return None
        sentence = f"no gradient reaches {name}: the result does not depend on it, or the graph is cut"
        return Finding(sentence=sentence, step=step, name=label, expected=exact)
    if not is_array(mine) or tuple(mine.shape) != tuple(exact.shape) or dtype_name(mine) != asked.case.dtype:
        return Finding(sentence=f"{label} is not of the shape and dtype of {name}", step=step, name=label)
    return None


def raises_check(
    draw: Callable[[], SearchStrategy[Case]],
    ask: Callable[[Case], Program],
    *,
    name: str = "raises-value-error",
    sentence: str,
    cases: int = 12,
) -> Check:
    """Every step of the program that may raise must raise ValueError."""

    def judge(asked: Asked) -> Finding | None:
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

    return Check(name=name, sentence=sentence, draw=draw, ask=ask, judge=judge, cases=cases)


def growth_check(
    draw: Callable[[], SearchStrategy[Case]],
    ask: Callable[[Case], tuple[Program, dict[int, int]]],
    *,
    letter: str,
    sentence: str,
    most_ratio: float = 8.0,
) -> Check:
    """Cost grows in proportion to a size: four times the size may take at most `most_ratio` times the CPU time.

    A quadratic cost grows sixteenfold. Each size is measured several times, in turn, and the least counts, so that what else the
    machine does falls out.

    Args:
        draw: the cases.
        ask: the program, and the size of each step that is measured; sizes n and 4 n.
        letter: of the size.
        sentence: the property.
        most_ratio: between linear (4) and quadratic (16), on a logarithmic scale.
    """

    def judge(asked: Asked) -> Finding | None:
        least: dict[int, float] = {}
        for step, size in ask(asked.case)[1].items():
            spent = asked.answers[step].cpu_seconds
            if spent is not None:
                least[size] = min(spent, least.get(size, spent))
        if len(least) < 2:
            return None  # no CPU clock on this system, and the wall clock would judge the machine
        small, large = min(least), max(least)
        ratio = least[large] / max(least[small], 1e-6)
        if ratio <= most_ratio:
            return None
        return Finding(
            verdict="time_limit",
            sentence=f"at {letter} = {large:,} a call takes {ratio:.0f} times as long as at {letter} = {small:,}",
            facts=(
                f"A cost that grows linearly with {letter} would take about 4 times as long, a quadratic one 16 times.",
            ),
        )

    return Check(
        name="cost-grows-linearly",
        sentence=sentence,
        draw=draw,
        ask=lambda case: ask(case)[0],
        judge=judge,
        cases=1,
        measured=True,
    )


def call_words(step: Call | Construct) -> str:
    """A call as a person would write it: "sample(logits, top_k=0)"; arrays by shape."""
    parts = [value_words(value) for value in step.args]
    parts += [f"{name}={value_words(value)}" for name, value in step.kwargs.items()]
    return f"{step.target}({', '.join(parts)})"


def value_words(value: Any) -> str:
    """A value in a call, short."""
    if isinstance(value, Handle):
        return value.name + "".join(f"[{item}]" for item in value.path)
    if isinstance(value, torch.Tensor):
        return f"<{dtype_name(value)} {list(value.shape)}>"
    if isinstance(value, tuple):
        return "(" + ", ".join(value_words(item) for item in value) + ")"
    return repr(value)


__all__ = [
    "Asked",
    "Check",
    "Expected",
    "Finding",
    "Layout",
    "Subject",
    "agreement_check",
    "any_order_check",
    "every_call_agrees",
    "gradient_check",
    "gradient_finding",
    "growth_check",
    "larger_check",
    "no_memory_check",
    "raises_check",
    "rows_check",
    "shape_check",
    "untouched_check",
    "value_finding",
]
