"""What a right answer does: the cases, the calls on them, and what must hold of the answers."""

from __future__ import annotations

from typing import Any

from problems.cases import Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor
from problems.properties import agrees, bad_arguments_check, standard_checks

# The first of every list is the simplest: counterexamples shrink to it. Sizes of 8 to 64 are "moderate": what people really use.
SPACE = cases({"B": (1, 2, 3, 4), "N": (1, 2, 3, 5, 8, 16, 25)}, options={"temperature": (1.0, 0.5, 2.0)})
RESULT = Layout("probabilities", "B N")


def inputs(case: Case) -> dict[str, Any]:
    """The arguments of one call, made from a case and nothing else."""
    values = Values(case, huge=1e4)
    return {"x": values.laid_out(case.sizes["B"], case.sizes["N"]), "temperature": case.options["temperature"]}


SUBJECT = Subject(
    draw=SPACE, inputs=inputs, target="__NAME__", result=RESULT, rows=("x",), defaults={"temperature": 1.0}
)


def judge_sums(asked: CaseAnswers) -> Finding | None:
    """A property of its own: it holds whatever the reference says, and its sentence teaches."""
    step = len(asked.program) - 1
    sums = as_tensor(asked.answers[step].value).double().sum(dim=-1)
    for row, total in enumerate(sums.tolist()):
        if not abs(total - 1) <= 1e-4:  # written so that NaN fails as well
            return Finding(sentence=f"row {row} of your probabilities sums to {total:.4g}", step=step)
    return None


CHECKS: tuple[Check, ...] = standard_checks(
    SUBJECT,
    agrees(
        "rows-sum-to-one",
        "Each row sums to 1.",
        SUBJECT,
        judge=judge_sums,
        why="A sum holds whatever the reference says.",
    ),
    larger=({"N": 200}, {"B": 65}),
    raises=bad_arguments_check(
        SUBJECT,
        lambda case: ({"temperature": bad} for bad in (0.0, -1.0)),
        sentence="A temperature of 0 or less raises ValueError.",
    ),
)
