"""What a right moving average does."""

from __future__ import annotations

from typing import Any

from problems.asks import Call, Program
from problems.cases import Case, cases
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.gradients import gradient_check
from problems.properties import (
    agreement_check,
    any_order_check,
    no_memory_check,
    raises_check,
    rows_check,
    shape_check,
    untouched_check,
)

from .drawing import draw, inputs

SUBJECT = Subject(draw=draw, inputs=inputs, target="moving_average", result=Layout("means", "B N"), rows=("x",))


def draw_wrong() -> Any:
    """Widths that do not fit."""
    return cases({"B": (1,), "W": (1,), "N": (3,), "T": (3,)}, kinds=("ordinary",), options={"width": (0, 4, -1)})


def ask_wrong(case: Case) -> Program:
    """A call that must raise."""
    return [Call(target="moving_average", args=(inputs(case)["x"], case.options["width"]), may_raise=True)]


CHECKS: tuple[Check, ...] = (
    shape_check(SUBJECT),
    agreement_check(SUBJECT),
    untouched_check(SUBJECT),
    no_memory_check(SUBJECT),
    any_order_check(SUBJECT),
    rows_check(SUBJECT),
    gradient_check(SUBJECT, lambda case: [[case.sizes["B"], case.sizes["N"]]]),
    raises_check(draw_wrong, ask_wrong, sentence="A width below 1 or above T raises ValueError."),
)
