"""Gradients: vector-Jacobian products of a call, against those of the reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from problems.agreement import Picked, shape_finding
from problems.asks import Differentiate, Program
from problems.cases import Case, upstream
from problems.checks import Asked, Check, Subject
from problems.comparison import Finding, LayoutTree, dtype_name, is_array


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
