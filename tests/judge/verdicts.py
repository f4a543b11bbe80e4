"""Verdicts of every kind, made by hand."""

from __future__ import annotations

from typing import Any

from judge.verdict import (
    ArrayData,
    CheckResult,
    Cost,
    Counterexample,
    Diagnosis,
    Kind,
    Location,
    Outcome,
    SandboxUsed,
    Verdict,
)

LINUX = SandboxUsed(kind="linux", level="full")


def array(name: str, shape: tuple[int, ...], values: Any, dtype: str = "float32") -> ArrayData:
    return ArrayData(name=name, dtype=dtype, shape=shape, values=values)


def check(name: str, outcome: Outcome = Outcome.PASSED, message: str = "It holds.", **more: Any) -> CheckResult:
    return CheckResult(name=name, outcome=outcome, message=message, seconds=0.25, **more)


def verdict(kind: Kind | None, headline: str, **more: Any) -> Verdict:
    fields: dict[str, Any] = {"problem": "lstm", "framework": "torch", "seed": 7, "seconds": 1.25, "sandbox": LINUX}
    return Verdict(verdict=kind, headline=headline, **{**fields, **more})


PASSED = (check("loads"), check("shape-and-dtype"))
SKIPPED = (check("gradients", Outcome.SKIPPED, "Not run."), check("rows-independent", Outcome.SKIPPED, "Not run."))

ACCEPTED = verdict(
    Kind.ACCEPTED,
    "all 4 checks passed.",
    checks=(*PASSED, check("agrees-with-reference"), check("gradients")),
    cost=Cost(solution_seconds=0.9, reference_seconds=0.5),
)

WRONG_ANSWER = verdict(
    Kind.WRONG_ANSWER,
    "the outputs are not those of an LSTM.",
    checks=(
        *PASSED,
        check(
            "agrees-with-reference",
            Outcome.FAILED,
            "The outputs are not those of an LSTM.\n"
            "outputs[0, 1, 0] is 0.75, and should be 0.5.\n"
            "The first step is right, the second is not.",
            counterexample=Counterexample(
                sizes={"B": 1, "T": 2, "I": 1, "H": 1},
                call="lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh)",
                inputs=(
                    array("x", (1, 2, 1), [[[0.0], [1.0]]]),
                    array("h0", (1, 1), [[0.0]]),
                    array("w_ih", (4, 1), [[1.0], [1.0], [-1.0], [0.5]]),
                    array("b_ih", (8,), [0.0] * 8),
                    ArrayData(name="mask", dtype="NoneType", shape=(), values=None),
                ),
                expected=array("", (1, 2, 1), [[[0.0], [0.5]]]),
                actual=array("", (1, 2, 1), [[[0.0], [0.75]]]),
                worst_index=(0, 1, 0),
            ),
        ),
        *SKIPPED,
    ),
    diagnosis=Diagnosis(
        mistake="forget-gate-swapped",
        explanation="The input gate and the forget gate have changed places: the gates come in the order i, f, g, o.",
    ),
    output="step 0\n\x1b[31mstep 1\x1b[0m [red]not markup[/red]\r\n" + "again\n" * 30,
)


def _grid(rows: int, columns: int, *, worst: tuple[int, int] | None = None) -> list[list[float]]:
    table = [[round((row * columns + column) / 7, 4) for column in range(columns)] for row in range(rows)]
    if worst is not None:
        table[worst[0]][worst[1]] += 1000.5
    return table


LARGE = verdict(
    Kind.WRONG_ANSWER,
    "the output is not what attention gives.",
    problem="multi_head_attention",
    checks=(
        check(
            "agrees-with-reference",
            Outcome.FAILED,
            "The output is not what attention gives.",
            counterexample=Counterexample(
                sizes={"B": 2, "T": 9, "D": 20},
                inputs=(array("query", (9, 20), _grid(9, 20)),),
                expected=array("", (2, 9, 20), [_grid(9, 20), _grid(9, 20)]),
                actual=array("", (2, 9, 20), [_grid(9, 20), _grid(9, 20, worst=(7, 11))]),
                worst_index=(1, 7, 11),
            ),
        ),
    ),
)

WRONG_SHAPE = verdict(
    Kind.WRONG_SHAPE,
    "forward returns [1, 2, 1], and should return [1, 1, 2].",
    checks=(
        check("loads"),
        check(
            "shape-and-dtype",
            Outcome.FAILED,
            "forward returns [1, 2, 1], and should return [1, 1, 2].\nThe last two dimensions have changed places.",
            counterexample=Counterexample(
                sizes={"B": 1, "T": 1, "D": 2},
                inputs=(array("x", (1, 1, 2), [[[3.25, 1.0]]]), ArrayData(name="k", dtype="int", shape=(), values=4)),
                expected=array("", (1, 1, 2), [[[3.25, 1.0]]]),
                actual=array("", (1, 2, 1), [[[3.25], [1.0]]]),
            ),
        ),
        *SKIPPED,
    ),
)

RUNTIME_ERROR = verdict(
    Kind.RUNTIME_ERROR,
    "forward raises RuntimeError: The size of tensor a (2) must match the size of tensor b (3).",
    locations=(
        Location(line=9, text="        return self.attend(x)", function="forward"),
        Location(line=14, column=18, end_column=27, text="        scores = q @ k + mask", function="attend"),
    ),
    checks=(*PASSED, check("agrees-with-reference", Outcome.FAILED, "forward raises RuntimeError.")),
)

LOAD_ERROR = verdict(
    Kind.LOAD_ERROR,
    "there is a syntax error in line 3: '(' was never closed.",
    sandbox=None,
    locations=(Location(line=3, column=10, end_column=11, text="    print(x", note="This bracket stays open."),),
)

FORBIDDEN = verdict(
    Kind.FORBIDDEN,
    "nn.LSTM may not be used here.",
    sandbox=None,
    details=("The exercise is to write it yourself.",),
    locations=(Location(line=12, column=16, end_column=23, text="\tself.rnn = nn.LSTM(4, 4)", function="__init__"),),
)

TIME_LIMIT = verdict(
    Kind.TIME_LIMIT,
    "a call took more than 10 seconds.",
    checks=(*PASSED, check("time", Outcome.FAILED, "A call took more than 10 seconds.")),
)
MEMORY_LIMIT = verdict(Kind.MEMORY_LIMIT, "a call asked for more than 2 GiB.")
SANDBOX_VIOLATION = verdict(
    Kind.SANDBOX_VIOLATION,
    "your code tried to open a file.",
    sandbox=SandboxUsed(kind="process", level="none"),
)
INTERNAL_ERROR = verdict(Kind.INTERNAL_ERROR, "the reference failed.", error="ValueError: bad \x1b[2J case")

EVERY = {
    "accepted": ACCEPTED,
    "wrong_answer": WRONG_ANSWER,
    "large": LARGE,
    "wrong_shape": WRONG_SHAPE,
    "runtime_error": RUNTIME_ERROR,
    "load_error": LOAD_ERROR,
    "forbidden": FORBIDDEN,
    "time_limit": TIME_LIMIT,
    "memory_limit": MEMORY_LIMIT,
    "sandbox_violation": SANDBOX_VIOLATION,
    "internal_error": INTERNAL_ERROR,
}
