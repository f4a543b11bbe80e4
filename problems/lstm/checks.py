"""What a right LSTM does."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees
from problems.asks import Call, Differentiate, Handle, Program, Put
from problems.cases import Case, Values, cases, relaid, upstream
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout
from problems.gradients import gradient_check, gradient_finding
from problems.properties import (
    agreement_check,
    any_order_check,
    growth_check,
    larger_check,
    no_memory_check,
    rows_check,
    shape_check,
    untouched_check,
)

RESULT = (Layout("outputs", "B T H"), (Layout("h_n", "B H"), Layout("c_n", "B H")))
NAMES = ("x", "h0", "c0", "w_ih", "w_hh", "b_ih", "b_hh")
SIZES = {"B": (1, 2, 3, 5), "T": (1, 2, 3, 5, 8), "I": (1, 2, 3, 4, 6), "H": (1, 2, 3, 5)}


def draw() -> Any:
    """Sizes around the edge, every kind of values and layout."""
    return cases(SIZES)


def inputs(case: Case) -> dict[str, Any]:
    """The seven arguments."""
    values, sizes = Values(case), case.sizes
    b, t, i, h = sizes["B"], sizes["T"], sizes["I"], sizes["H"]
    state = "ordinary" if case.kind in ("huge", "equal") else case.kind
    return {
        "x": values.laid_out(b, t, i),
        "h0": values.laid_out(b, h, kind=state),
        "c0": values.laid_out(b, h, kind=state),
        "w_ih": relaid(values.weight(4 * h, i), case.layout),
        "w_hh": relaid(values.weight(4 * h, h), case.layout),
        "b_ih": relaid(values.bias(4 * h), case.layout),
        "b_hh": relaid(values.bias(4 * h), case.layout),
    }


LSTM = Subject(draw=draw, inputs=inputs, target="lstm", result=RESULT, rows=("x", "h0", "c0"))


def result_shapes(case: Case) -> list[list[int]]:
    """Of outputs, h_n and c_n."""
    b, t, h = case.sizes["B"], case.sizes["T"], case.sizes["H"]
    return [[b, t, h], [b, h], [b, h]]


def draw_saturated() -> Any:
    """Gates driven far into saturation."""
    return cases(SIZES, kinds=("huge",))


def saturated_inputs(case: Case) -> dict[str, Any]:
    """Inputs and biases up to 1e4."""
    scale = (1.0, 10.0, 100.0)[case.seed % 3]
    found = inputs(case)
    return {**found, "x": found["x"] * scale, "b_ih": found["b_ih"] * scale}


SATURATED = msgspec.structs.replace(LSTM, draw=draw_saturated, inputs=saturated_inputs)
LONG = (33, 100, 257, 512)


def draw_long() -> Any:
    """Small states, so that many steps stay cheap."""
    return cases({"B": (1, 2), "I": (1, 3), "H": (1, 3)}, kinds=("ordinary",), layouts=("contiguous",))


def ask_long(case: Case) -> Program:
    """The same weights over ever longer sequences, and the gradient over one of them."""
    program: Program = []
    for length in LONG:
        longer = msgspec.structs.replace(case, sizes={**case.sizes, "T": length})
        program.append(Call(target="lstm", args=tuple(inputs(longer).values()), seed=case.seed))
    return program


def judge_long(asked: CaseAnswers) -> Finding | None:
    """Every length against the reference; the sizes in the words are those of the call."""
    for step, length in enumerate(LONG):
        longer = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": length})
        one = msgspec.structs.replace(
            asked, case=longer, program=asked.program[: step + 1], answers={step: asked.answers[step]}
        )
        if found := every_call_agrees(RESULT)(_only(one, step)):
            return msgspec.structs.replace(found, sentence=f"over {length} steps, {found.sentence}")
    return None


def _only(asked: CaseAnswers, step: int) -> CaseAnswers:
    """The same, with all calls before `step` left out of what is judged."""
    silent = [msgspec.structs.replace(call, answer=False) for call in asked.program[:step] if isinstance(call, Call)]
    return msgspec.structs.replace(asked, program=[*silent, asked.program[step]])


def ask_long_gradient(case: Case) -> Program:
    """The gradient over a hundred steps: not cut off anywhere."""
    longer = msgspec.structs.replace(case, sizes={**case.sizes, "T": 100})
    given = inputs(longer)
    given["w_hh"] = given["w_hh"] * 0.5
    given["b_ih"] = given["b_ih"] + 3 * _forget_only(case)  # an open forget gate lets the gradient reach the start
    shapes = upstream(longer, *result_shapes(longer))
    return [Differentiate(target="lstm", args=tuple(given.values()), upstream=(None, *shapes[1:]), seed=case.seed)]


def _forget_only(case: Case) -> torch.Tensor:
    hidden = case.sizes["H"]
    return torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=case.torch_dtype).repeat_interleave(hidden)


def judge_long_gradient(asked: CaseAnswers) -> Finding | None:
    """All gradients against the reference."""
    longer = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": 100})
    return gradient_finding(msgspec.structs.replace(asked, case=longer), 0, NAMES, RESULT)


def draw_growth() -> Any:
    """One case of fixed sizes."""
    return cases({"B": (1,), "I": (3,), "H": (4,)}, kinds=("ordinary",), dtypes=("float32",), layouts=("contiguous",))


def ask_growth(case: Case) -> tuple[Program, dict[int, int]]:
    """128 and 512 steps in turn, each time on other inputs."""
    program: Program = []
    measured: dict[int, int] = {}
    for repeat in range(4):
        for length in (128, 512):
            longer = msgspec.structs.replace(case, sizes={**case.sizes, "T": length}, seed=case.seed + repeat)
            for name, value in inputs(longer).items():
                program.append(Put(into=name, value=value))
            if repeat:
                measured[len(program)] = length
            program.append(Call(target="lstm", args=tuple(Handle(name) for name in NAMES), seed=case.seed))
    return program, measured


def draw_larger() -> Any:
    """One size, or two, beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return cases(
        {"B": (1, 2), "T": (1, 2, 3), "I": (1, 2, 3), "H": (1, 2, 3)},
        kinds=("ordinary",),
        large=({"T": 70}, {"B": 65}, {"I": 70}, {"H": 40}),
    )


CHECKS: tuple[Check, ...] = (
    shape_check(LSTM),
    agreement_check(LSTM),
    larger_check(LSTM, draw_larger),
    msgspec.structs.replace(
        agreement_check(SATURATED, cases=25, name="saturated-gates"),
        sentence="Gates that are driven far into saturation stay finite and right.",
    ),
    Check(
        name="long-sequences",
        sentence="Up to 512 steps, every step is computed from the state before it.",
        draw=draw_long,
        ask=ask_long,
        judge=judge_long,
        cases=2,
    ),
    untouched_check(LSTM),
    no_memory_check(LSTM),
    any_order_check(LSTM),
    rows_check(LSTM),
    gradient_check(LSTM, result_shapes),
    Check(
        name="gradients-through-time",
        sentence="The gradient reaches back through all steps to the first.",
        draw=draw_long,
        ask=ask_long_gradient,
        judge=judge_long_gradient,
        cases=2,
        frameworks=("torch",),
    ),
    growth_check(
        draw_growth,
        ask_growth,
        letter="T",
        sizes=(128, 512),
        result=RESULT,
        sentence="Time grows linearly with the number of steps.",
    ),
)
