"""What a right answer does: each check is draw (cases), ask (calls) and judge (what must hold of the answers)."""

from __future__ import annotations

from typing import Any

import msgspec

from problems.agreement import shape_finding
from problems.asks import Call, Program
from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor
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

# The first of every list is the simplest: counterexamples shrink to it.
SIZES = {"B": (1, 2, 3), "N": (1, 2, 3, 5, 8)}
TEMPERATURES = (1.0, 0.5, 2.0)
RESULT = Layout("probabilities", "B N")


def draw() -> Any:
    """Cases: sizes by letter, options of your own, and (by themselves) kinds of values, dtypes and layouts in memory."""
    return cases(SIZES, options={"temperature": TEMPERATURES})


def inputs(case: Case) -> dict[str, Any]:
    """The arguments of one call, made from a case and nothing else."""
    values = Values(case, huge=1e4)
    return {"x": values.laid_out(case.sizes["B"], case.sizes["N"]), "temperature": case.options["temperature"]}


SUBJECT = Subject(draw=draw, inputs=inputs, target="__NAME__", result=RESULT, rows=("x",))


def result_shapes(case: Case) -> list[list[int]]:
    """Of what comes back: gradients from above are drawn in these shapes."""
    return [[case.sizes["B"], case.sizes["N"]]]


def judge_sums(asked: CaseAnswers) -> Finding | None:
    """A property of its own: it holds whatever the reference says, and its sentence teaches."""
    step = len(asked.program) - 1
    if found := shape_finding(asked, step, RESULT):
        return found
    sums = as_tensor(asked.answers[step].value).double().sum(dim=-1)
    for row, total in enumerate(sums.tolist()):
        if not abs(total - 1) <= 1e-4:  # written so that NaN fails as well
            return Finding(sentence=f"row {row} of your probabilities sums to {total:.4g}", step=step)
    return None


def draw_plain() -> Any:
    """Cases for the call that leaves the temperature out."""
    return cases(SIZES, kinds=("ordinary",))


def plain_inputs(case: Case) -> dict[str, Any]:
    """One argument."""
    return {"x": Values(case).laid_out(case.sizes["B"], case.sizes["N"])}


PLAIN = msgspec.structs.replace(SUBJECT, draw=draw_plain, inputs=plain_inputs)


def draw_wrong() -> Any:
    """Temperatures that are not allowed."""
    return cases({"B": (1,), "N": (2,)}, kinds=("ordinary",), layouts=("contiguous",), options={"temperature": (0.0, -1.0)})


def ask_wrong(case: Case) -> Program:
    """A call that must raise."""
    return [Call(target="__NAME__", args=tuple(inputs(case).values()), may_raise=True)]


CHECKS: tuple[Check, ...] = (
    shape_check(SUBJECT),
    agreement_check(SUBJECT),
    msgspec.structs.replace(
        agreement_check(SUBJECT, name="rows-sum-to-one"), sentence="Each row sums to 1.", judge=judge_sums, cases=25
    ),
    msgspec.structs.replace(
        agreement_check(PLAIN, name="temperature-left-out", cases=10), sentence="Without a temperature it is 1."
    ),
    untouched_check(SUBJECT),
    no_memory_check(SUBJECT),
    any_order_check(SUBJECT),
    rows_check(SUBJECT),
    gradient_check(SUBJECT, result_shapes),
    raises_check(draw_wrong, ask_wrong, sentence="A temperature of 0 or less raises ValueError."),
)
