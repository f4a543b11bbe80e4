"""What a right recurrent network does."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees, value_finding
from problems.asks import Call, Differentiate, Handle, Program, Put
from problems.cases import Case, Values, cases, relaid, upstream
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout
from problems.gradients import gradient_check
from problems.vjp import gradient_finding
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

RESULT = (Layout("outputs", "B T H"), Layout("h_n", "B H"))
NAMES = ("x", "w_ih", "w_hh", "b_ih", "b_hh", "h0")
SIZES = {"B": (1, 2, 3, 5), "T": (1, 2, 3, 5, 8), "I": (1, 2, 3, 4, 6), "H": (1, 2, 3, 5)}
START = {"h0": ("given", "None")}


def draw() -> Any:
    """Sizes around the edge, every kind of values and layout, with and without a state to begin with."""
    return cases(SIZES, options=START)


def inputs(case: Case) -> dict[str, Any]:
    """The six arguments."""
    values, sizes = Values(case), case.sizes
    b, t, i, h = sizes["B"], sizes["T"], sizes["I"], sizes["H"]
    state = "ordinary" if case.kind in ("huge", "equal") else case.kind
    found = {
        "x": values.laid_out(b, t, i),
        "w_ih": relaid(values.weight(h, i), case.layout),
        "w_hh": relaid(values.weight(h, h), case.layout),
        "b_ih": relaid(values.bias(h), case.layout),
        "b_hh": relaid(values.bias(h), case.layout),
        "h0": values.laid_out(b, h, kind=state),
    }
    return found | {"h0": None} if case.options.get("h0") == "None" else found


RNN = Subject(draw=draw, inputs=inputs, target="rnn", result=RESULT, rows=("x", "h0"))


def result_shapes(case: Case) -> list[list[int]]:
    """Of outputs and h_n."""
    b, t, h = case.sizes["B"], case.sizes["T"], case.sizes["H"]
    return [[b, t, h], [b, h]]


def ask_default(case: Case) -> Program:
    """Called without h0 at all, in turn with calls that have one."""
    given = inputs(case)
    state = given.pop("h0")
    bare = Call(target="rnn", args=tuple(given.values()), seed=case.seed)
    return [bare, Call(target="rnn", args=(*given.values(), state), seed=case.seed), bare]


def draw_saturated() -> Any:
    """Sums driven far into saturation."""
    return cases(SIZES, kinds=("huge",), options=START)


def saturated_inputs(case: Case) -> dict[str, Any]:
    """Inputs and biases up to 1e4."""
    scale = (1.0, 10.0, 100.0)[case.seed % 3]
    found = inputs(case)
    return {**found, "x": found["x"] * scale, "b_ih": found["b_ih"] * scale}


SATURATED = msgspec.structs.replace(RNN, draw=draw_saturated, inputs=saturated_inputs)


def draw_cut() -> Any:
    """At least two steps, so that there is something to cut."""
    return cases({**SIZES, "T": (2, 3, 5, 8)})


def ask_cut(case: Case) -> Program:
    """The whole sequence, and the same in two parts, the second from the state that came back from the first."""
    given = inputs(case)
    x, *weights, h0 = given.values()
    at = 1 + case.seed % (case.sizes["T"] - 1)
    return [
        Call(target="rnn", args=(x, *weights, h0), seed=case.seed),
        Call(target="rnn", args=(x[:, :at], *weights, h0), into="first", seed=case.seed),
        Call(target="rnn", args=(x[:, at:], *weights, Handle("first", (1,))), seed=case.seed),
    ]


def judge_cut(asked: CaseAnswers) -> Finding | None:
    """Every part against the reference; the sizes in the words are those of the call."""
    whole = asked.case.sizes["T"]
    at = 1 + asked.case.seed % (whole - 1)
    for step, (length, words) in enumerate(((whole, ""), (at, ""), (whole - at, "continued from h_n, "))):
        part = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": length})
        if found := value_finding(msgspec.structs.replace(asked, case=part), step, RESULT):
            return msgspec.structs.replace(found, sentence=words + found.sentence)
    return None


LONG = (33, 100, 257, 512)


def draw_long() -> Any:
    """Small states, so that many steps stay cheap."""
    return cases({"B": (1, 2), "I": (1, 3), "H": (1, 3)}, kinds=("ordinary",), layouts=("contiguous",))


def ask_long(case: Case) -> Program:
    """The same weights over ever longer sequences."""
    program: Program = []
    for length in LONG:
        longer = msgspec.structs.replace(case, sizes={**case.sizes, "T": length})
        program.append(Call(target="rnn", args=tuple(calm_inputs(longer).values()), seed=case.seed))
    return program


def judge_long(asked: CaseAnswers) -> Finding | None:
    """Every length against the reference; the sizes in the words are those of the call."""
    for step, length in enumerate(LONG):
        longer = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": length})
        if found := value_finding(msgspec.structs.replace(asked, case=longer), step, RESULT):
            return msgspec.structs.replace(found, sentence=f"over {length} steps, {found.sentence}")
    return None


def calm_inputs(case: Case) -> dict[str, Any]:
    """A state that is carried on nearly as it is, and small inputs: what was long ago still shows, and errors do not grow."""
    found = inputs(case)
    carried = 0.98 * torch.eye(case.sizes["H"], dtype=case.torch_dtype)
    return {
        **found,
        "x": found["x"] * 0.05,
        "w_hh": carried + 0.01 * found["w_hh"],
        "b_ih": found["b_ih"] * 0.01,
        "b_hh": found["b_hh"] * 0.01,
        "h0": found["h0"] * 0.1,
    }


def ask_long_gradient(case: Case) -> Program:
    """The gradient over a hundred steps: not cut off anywhere."""
    longer = msgspec.structs.replace(case, sizes={**case.sizes, "T": 100})
    _, last = upstream(longer, *result_shapes(longer))
    given = tuple(calm_inputs(longer).values())
    return [Differentiate(target="rnn", args=given, upstream=(None, last), seed=case.seed)]


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
            for name, value in calm_inputs(longer).items():
                program.append(Put(into=name, value=value))
            if repeat:
                measured[len(program)] = length
            program.append(Call(target="rnn", args=tuple(Handle(name) for name in NAMES), seed=case.seed))
    return program, measured


def draw_larger() -> Any:
    """One size beyond those of the other checks; the rest small, so that slow answers are not punished."""
    return cases(
        {"B": (1, 2), "T": (1, 2, 3), "I": (1, 2, 3), "H": (1, 2, 3)},
        kinds=("ordinary",),
        large=({"T": 70}, {"B": 65}, {"I": 70}, {"H": 40}),
    )


CHECKS: tuple[Check, ...] = (
    shape_check(RNN),
    agreement_check(RNN),
    larger_check(RNN, draw_larger),
    Check(
        name="starts-from-zeros",
        sentence="Called without h0, or with None, it starts from zeros, whatever state it was called with before.",
        draw=lambda: cases(SIZES),
        ask=ask_default,
        judge=every_call_agrees(RESULT),
    ),
    msgspec.structs.replace(
        agreement_check(SATURATED, cases=25, name="saturated-states"),
        sentence="States that are driven far into saturation stay finite and right.",
    ),
    Check(
        name="cut-anywhere",
        sentence="A sequence that is cut in two and continued from h_n gives what it gives in one piece.",
        draw=draw_cut,
        ask=ask_cut,
        judge=judge_cut,
    ),
    Check(
        name="long-sequences",
        sentence="Up to 512 steps, every step is computed from the state before it.",
        draw=draw_long,
        ask=ask_long,
        judge=judge_long,
        cases=2,
    ),
    untouched_check(RNN),
    no_memory_check(RNN),
    any_order_check(RNN),
    rows_check(RNN),
    gradient_check(RNN, result_shapes),
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
