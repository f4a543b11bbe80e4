"""Training: an object with given parameters takes a few steps on given batches, and every parameter is looked at after each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from problems.asks import Call, Program, Read
from problems.cases import Case
from problems.checks import Check, Draw, Layer
from problems.comparison import Layout
from problems.requirements import Agrees

MOST_STEPS = 5  # rounding errors grow from step to step


def training_check(
    layer: Layer,
    draw: Draw,
    batches: Callable[[Case], Iterable[Mapping[str, Any]]],
    *,
    method: str,
    parameters: Sequence[str],
    result: Layout | None = None,
    name: str = "training-steps",
    sentence: str = "After each step of training, every parameter is right.",
    cases: int = 25,
) -> Check:
    """Given weights and batches, each parameter is the reference's after every step, of five at most.

    Args:
        layer: what is trained, with the weights that it starts from.
        draw: the cases.
        batches: the arguments of each step, by name.
        method: that takes a step.
        parameters: names of those that are looked at.
        result: of the method; None where it returns None.
        name: of the check.
        sentence: the property.
        cases: how many.
    """

    def ask(case: Case) -> Program:
        program = layer.setup(case)
        for number, batch in enumerate(batches(case), 1):
            if number > MOST_STEPS:
                raise ValueError(
                    f"{name} asks for more than {MOST_STEPS} steps: rounding errors grow from step to step"
                )
            note = f"after {number} step{'s' if number > 1 else ''}"
            program += [
                Call(
                    target=f"m.{method}",
                    args=tuple(batch.values()),
                    arguments=tuple(batch),
                    seed=case.seed,
                    answer=result is not None,
                    note=f"in step {number}",
                    sizes=case.sizes,
                ),
                Read(names=tuple(parameters), note=note),
            ]
        return program

    requires = Agrees(result) if result is not None else Agrees()
    return Check(name=name, sentence=sentence, draw=draw, ask=ask, requires=requires, cases=cases)
