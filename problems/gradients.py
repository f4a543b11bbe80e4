"""The check of gradients: vector-Jacobian products of a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from problems.asks import Program
from problems.cases import Case, upstream
from problems.checks import Check, Subject
from problems.comparison import Layout, leaves
from problems.requirements import Agrees


def gradient_check(
    subject: Subject,
    shapes: Callable[[Case], Sequence[Sequence[int]]] | None = None,
    *,
    cases: int = 100,
    skip: Sequence[str] = (),
    through: Sequence[str] = (),
) -> Check:
    """Vector-Jacobian products for every floating input and every parameter are those of the reference.

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
        return [*subject.prepared(case), subject.differentiate(case, above)]

    return Check(
        name="gradients",
        sentence="Gradients flow to every floating-point input and every trainable parameter, and are right.",
        draw=subject.draw,
        ask=ask,
        requires=Agrees(subject.result, skip=tuple(skip)),
        cases=cases,
        needs_gradients=True,
    )


def _shape(part: Layout, case: Case) -> tuple[int, ...]:
    if "..." in part.letters:
        raise ValueError(f"the shape of {part.name} does not follow from its letters: give gradient_check shapes=")
    return case.shape(part.letters)
