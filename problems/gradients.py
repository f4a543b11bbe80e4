"""The check of gradients: vector-Jacobian products of a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from problems.asks import Differentiate, Program
from problems.cases import Case, upstream
from problems.checks import Check, Subject
from problems.comparison import Layout, leaves
from problems.late import torch
from problems.requirements import Agrees


def gradient_check(
    subject: Subject,
    shapes: Callable[[Case], Sequence[Sequence[int]]] | None = None,
    *,
    cases: int = 100,
    skip: Sequence[str] = (),
    through: Sequence[str] = (),
) -> Check:
    """Vector-Jacobian products for every floating input and every parameter are those of the reference, whichever inputs want one.

    Args:
        subject: the call.
        shapes: of the tensors that come back, in order; None: as their letters say.
        cases: how many.
        skip: inputs whose gradient is not asked for.
        through: names of the results that gradients come through; all where there are none.
    """

    def ask(case: Case) -> Program:
        parts = leaves(subject.result)
        asked = shapes(case) if shapes is not None else [_shape(part, case) for part in parts]
        above: list[Any] = list(upstream(case, *asked))
        if through:
            above = [each if part.name in through else None for each, part in zip(above, parts, strict=True)]
        asked_for = subject.differentiate(case, above)
        # Of one case in four the first input alone wants a gradient, of another one all the others do.
        mode = ("", "first wanted", "others wanted", "")[case.seed % 4] if _floating(asked_for) > 1 else ""
        return [*subject.prepared(case), msgspec.structs.replace(asked_for, mode=mode)]

    return Check(
        name="gradients",
        sentence="Gradients flow to every floating-point input and every trainable parameter, and are right.",
        draw=subject.draw,
        ask=ask,
        requires=Agrees(subject.result, skip=tuple(skip)),
        cases=cases,
        needs_gradients=True,
    )


def _floating(step: Differentiate) -> int:
    """How many inputs can want a gradient."""

    def count(value: Any) -> int:
        if isinstance(value, (tuple, list)):
            return sum(map(count, value))
        return int(isinstance(value, torch.Tensor) and value.is_floating_point())

    return count(list(step.args))


def _shape(part: Layout, case: Case) -> tuple[int, ...]:
    if "..." in part.letters:
        raise ValueError(f"the shape of {part.name} does not follow from its letters: give gradient_check shapes=")
    return case.shape(part.letters)
