"""The properties that many problems share, as checks made from a `Subject`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from problems.asks import SAME, Assign, Call, Handle, Overwrite, Program, Put, Step
from problems.cases import Case, CaseSpace
from problems.checks import Check, Requirement, Subject
from problems.late import torch
from problems.requirements import Agrees, RightTypes, RowsAgree, SameWhenAskedAgain, Unchanged

Given = Mapping[str, Any]
"""Arguments of a call by name."""


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


def larger_check(subject: Subject, draw: CaseSpace, *, cases: int = 40) -> Check:
    """Agreement at sizes beyond those that the other checks draw: what holds for few holds for many. Each `large` comes once at least."""
    larger = msgspec.structs.replace(subject, draw=draw)
    count = max(cases, len(draw.large))
    return agrees("larger-sizes", "The result is right for larger sizes, too.", larger, cases=count)


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


HELD = "another call has changed the first result"


def no_memory_check(subject: Subject) -> Check:
    """A call gives the same whatever was called before, also where one array object holds other numbers than it did.

    What the first call gave is looked at again after the second. A second object of the same class has weights of its own. Last come calls
    in which one argument is new and the others are known, and one with known arguments and new weights.
    """

    def beside(case: Case, inputs: Mapping[str, Any]) -> Program:
        """A second object, and then the first again."""
        if subject.layer is None:
            return []
        other = subject.layer.setup(case, subject.layer.weights(other_case(case)), into="other")
        note = "a second object with other weights"
        return [*other, subject.call(case, inputs, target="other", note=note), subject.call(case, inputs)]

    def ask(case: Case) -> Program:
        inputs, others = subject.inputs(case), subject.inputs(other_case(case))
        arrays = [name for name, value in inputs.items() if is_changeable(value)]
        held = {name: Handle(f"held_{name}") if name in arrays else value for name, value in inputs.items()}
        return [
            *subject.prepared(case),
            subject.call(case, inputs, into="first"),
            subject.call(case, others),
            Call(target=SAME, args=(Handle("first"),), result=subject.result, note=HELD),
            subject.call(case, inputs),
            *beside(case, inputs),
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
