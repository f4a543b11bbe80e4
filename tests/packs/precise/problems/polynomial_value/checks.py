"""What a right value of a polynomial is."""

from __future__ import annotations

import random
from typing import Any

import msgspec

from problems.cases import Case, plain_cases
from problems.checks import Check, Subject
from problems.comparison import Plain
from problems.properties import agreement_check, any_order_check, no_memory_check, shape_check, untouched_check


def draw() -> Any:
    """Few coefficients, anywhere and near a root."""
    return plain_cases({"N": (2, 3, 1, 5, 8)}, kinds=("ordinary", "near a root"))


def inputs(case: Case) -> dict[str, Any]:
    """The coefficients of any polynomial, or those of (x - root)^N beside its root."""
    drawn = random.Random(case.seed)
    if case.kind == "ordinary":
        return {
            "coefficients": [drawn.randint(-9, 9) for _ in range(case.sizes["N"])],
            "x": drawn.randint(-256, 256) / 128,
        }
    root, coefficients = drawn.choice([1, 2, 3, -1]), [1]
    for _ in range(case.sizes["N"]):
        coefficients = [high - root * low for high, low in zip([0, *coefficients], [*coefficients, 0], strict=True)]
    return {"coefficients": coefficients, "x": root + drawn.uniform(0.5, 1.0) * 2.0 ** -drawn.randint(6, 12)}


SUBJECT = Subject(draw=draw, inputs=inputs, target="polynomial_value", result=Plain())

CHECKS: tuple[Check, ...] = (
    msgspec.structs.replace(shape_check(SUBJECT), name="types"),
    agreement_check(SUBJECT),
    untouched_check(SUBJECT),
    no_memory_check(SUBJECT),
    any_order_check(SUBJECT),
)
