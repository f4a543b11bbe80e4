"""What right gradients through time are."""

from __future__ import annotations

from typing import Any

import msgspec
import torch

from problems.agreement import Picked, shape_finding, value_finding
from problems.asks import Call, Handle, Program, Put
from problems.cases import Case, Values, cases, relaid
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor
from problems.properties import (
    agreement_check,
    any_order_check,
    growth_check,
    larger_check,
    no_memory_check,
    other_case,
    shape_check,
    untouched_check,
)

RESULT = (
    Layout("d_x", "B T I"),
    Layout("d_w_ih", "H I"),
    Layout("d_w_hh", "H H"),
    Layout("d_b_ih", "H"),
    Layout("d_b_hh", "H"),
    Layout("d_h0", "B H"),
)
NAMES = ("x", "w_ih", "w_hh", "b_ih", "b_hh", "h0")
SIZES = {"B": (1, 2, 3, 5), "T": (1, 2, 3, 5, 8), "I": (1, 2, 3, 4), "H": (1, 2, 3, 5)}
ABOVE = {"above": ("both", "outputs", "h_n")}


def draw() -> Any:
    """Sizes around the edge, every kind of values and layout, gradients from above at one of the results or at both."""
    return cases(SIZES, options=ABOVE)


def inputs(case: Case) -> dict[str, Any]:
    """The eight arguments."""
    values, sizes = Values(case), case.sizes
    b, t, i, h = sizes["B"], sizes["T"], sizes["I"], sizes["H"]
    state = "ordinary" if case.kind in ("huge", "equal") else case.kind
    above = "small integers" if case.kind == "small integers" else "ordinary"
    found = {
        "x": values.laid_out(b, t, i),
        "w_ih": relaid(values.weight(h, i), case.layout),
        "w_hh": relaid(values.weight(h, h), case.layout),
        "b_ih": relaid(values.bias(h), case.layout),
        "b_hh": relaid(values.bias(h), case.layout),
        "h0": values.laid_out(b, h, kind=state),
        "d_outputs": values.laid_out(b, t, h, kind=above),
        "d_h_n": values.laid_out(b, h, kind=above),
    }
    match case.options.get("above", "both"):
        case "outputs":
            return {**found, "d_h_n": found["d_h_n"] * 0}
        case "h_n":
            return {**found, "d_outputs": found["d_outputs"] * 0}
        case _:
            return found


BACKWARD = Subject(draw=draw, inputs=inputs, target="rnn_backward", result=RESULT)


def called(case: Case, given: dict[str, Any]) -> Call:
    """The call on these arguments."""
    return BACKWARD.call(case, given)


def draw_larger() -> Any:
    """One size beyond those of the other checks."""
    return cases(
        {"B": (1, 2), "T": (1, 2, 3), "I": (1, 2, 3), "H": (1, 2, 3)},
        kinds=("ordinary",),
        large=({"T": 40}, {"B": 65}, {"I": 70}, {"H": 40}),
    )


def draw_saturated() -> Any:
    """Sums driven far into saturation."""
    return cases(SIZES, kinds=("huge",))


def saturated_inputs(case: Case) -> dict[str, Any]:
    """Inputs and biases up to 1e4."""
    scale = (1.0, 10.0, 100.0)[case.seed % 3]
    found = inputs(case)
    return {**found, "x": found["x"] * scale, "b_ih": found["b_ih"] * scale}


SATURATED = msgspec.structs.replace(BACKWARD, draw=draw_saturated, inputs=saturated_inputs)

STEP = 1e-5
SLOPE_TOLERANCE = 1e-6  # of the slope; central differences are good to about 1e-9 here
LINEAR_TOLERANCE = 1e-10


def draw_calm() -> Any:
    """Float64 and moderate values, at which differences and sums tell something."""
    return cases(SIZES, kinds=("ordinary", "small integers"), dtypes=("float64",))


def calm(case: Case) -> dict[str, Any]:
    """Weights at which no gradient explodes."""
    found = inputs(case)
    return {**found, "x": found["x"] * 0.5, "w_hh": found["w_hh"] * 0.5}


def judge_slope(asked: CaseAnswers) -> Finding | None:
    """Along a random direction of each argument, the loss changes as its gradient says."""
    if found := shape_finding(asked, 0, RESULT):
        return found
    given = calm(asked.case)
    for name, mine in zip(NAMES, asked.answers[0].value, strict=True):
        gradient = as_tensor(mine).double()
        generator = torch.Generator().manual_seed(asked.case.seed)
        direction = torch.randn(gradient.shape, generator=generator, dtype=torch.float64)
        direction /= direction.norm()
        losses = [_loss({**given, name: given[name] + STEP * side * direction}) for side in (1, -1)]
        slope, told = (losses[0] - losses[1]) / (2 * STEP), float((gradient * direction).sum())
        if not abs(told - slope) <= SLOPE_TOLERANCE * max(1.0, abs(slope)):
            words = (
                f"along one direction of {name}, L changes at the rate {slope:.6g}; by your d_{name} it is {told:.6g}"
            )
            return Finding(sentence=words, name=f"d_{name}", step=0)
    return None


def _loss(given: dict[str, Any]) -> float:
    """L by the way forward alone."""
    h, loss = given["h0"], 0.0
    for t in range(given["x"].shape[1]):
        h = torch.tanh(given["x"][:, t] @ given["w_ih"].T + given["b_ih"] + h @ given["w_hh"].T + given["b_hh"])
        loss += float((h * given["d_outputs"][:, t]).sum())
    return loss + float((h * given["d_h_n"]).sum())


def ask_nothing_from_above(case: Case) -> Program:
    """Zeros from above."""
    given = inputs(case)
    return [called(case, {**given, "d_outputs": given["d_outputs"] * 0, "d_h_n": given["d_h_n"] * 0})]


def ask_one_step(case: Case) -> Program:
    """Something from above at one step only."""
    given = inputs(case)
    at = case.seed % case.sizes["T"]
    only = torch.zeros_like(given["d_outputs"])
    only[:, at] = given["d_outputs"][:, at]
    return [called(case, {**given, "d_outputs": only, "d_h_n": given["d_h_n"] * 0})]


def judge_one_step(asked: CaseAnswers) -> Finding | None:
    """Right, and nothing reaches the steps after it."""
    if found := shape_finding(asked, 0, RESULT):
        return found
    at = asked.case.seed % asked.case.sizes["T"]
    after = as_tensor(asked.answers[0].value[0])[:, at + 1 :]
    if bool((after != 0).any()):
        step = at + 1 + int((after != 0).any(dim=2).any(dim=0).nonzero()[0])
        words = f"with a gradient from above at step {at} alone (counted from 0), one reaches x at step {step}, which comes later"
        return Finding(sentence=words, name="d_x", step=0)
    return value_finding(asked, 0, RESULT)


def ask_linear(case: Case) -> Program:
    """Two gradients from above, and twice the one less three times the other."""
    given, others = calm(case), calm(other_case(case))
    names = ("d_outputs", "d_h_n")
    mixed = {name: 2 * given[name] - 3 * others[name] for name in names}
    second = {name: others[name] for name in names}
    return [called(case, {**given, **each}) for each in ({}, second, mixed)]


def judge_linear(asked: CaseAnswers) -> Finding | None:
    """The third answer is made of the first two in the same way."""
    for step in range(3):
        if found := shape_finding(asked, step, RESULT):
            return found
    answers = [asked.answers[step].value for step in range(3)]
    for place, part in enumerate(RESULT):
        first, second, mixed = (as_tensor(answer[place]) for answer in answers)
        size = 1.0 + 2 * float(first.abs().max()) + 3 * float(second.abs().max())
        off = (2 * first - 3 * second - mixed).abs()
        if not bool((off <= LINEAR_TOLERANCE * size).all()):
            words = f"{part.name} is not linear: for 2 u - 3 v from above, it is not 2 times that for u less 3 times that for v"
            return Finding(sentence=words, name=part.name, step=2)
    return None


def ask_rows(case: Case) -> Program:
    """The batch, and each of its rows by itself."""
    given = calm(case)
    program: Program = [called(case, given)]
    for row in range(case.sizes["B"]):
        alone = {name: given[name][row : row + 1].clone() for name in ("x", "h0", "d_outputs", "d_h_n")}
        program.append(called(case, {**given, **alone}))
    return program


def judge_rows(asked: CaseAnswers) -> Finding | None:
    """d_x and d_h0 are those of the rows; the others are their sum."""
    alone = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "B": 1})
    for step in range(len(asked.program)):
        at = asked if step == 0 else msgspec.structs.replace(asked, case=alone)
        if found := shape_finding(at, step, RESULT):
            return found
    whole, *rows = (asked.answers[step].value for step in range(len(asked.program)))
    for place, part in enumerate(RESULT):
        parts = torch.stack([as_tensor(row[place]) for row in rows])
        by_row = "B" in part.letters
        made = parts.flatten(0, 1) if by_row else parts.sum(dim=0)
        size = 1.0 + float(parts.abs().max()) * len(rows)
        if not bool(((as_tensor(whole[place]) - made).abs() <= LINEAR_TOLERANCE * size).all()):
            what = "that of each row by itself" if by_row else "the sum of those of its rows"
            return Finding(sentence=f"{part.name} of the batch is not {what}", name=part.name, step=0)
    return None


def ask_other_rows(case: Case) -> Program:
    """One call, and one with other rows around the same one."""
    given, others = inputs(case), inputs(other_case(case))
    row = case.seed % case.sizes["B"]
    mixed = {name: others[name].clone() for name in ("x", "h0", "d_outputs", "d_h_n")}
    for name, value in mixed.items():
        value[row] = given[name][row]
    return [called(case, given), called(case, {**given, **mixed})]


def judge_other_rows(asked: CaseAnswers) -> Finding | None:
    """The row's own gradients are the same in both."""
    for step in (0, 1):
        if found := shape_finding(asked, step, RESULT):
            return found
    row = asked.case.seed % asked.case.sizes["B"]
    picked = Picked(asked.right, 0, lambda answer, place: answer.value[place][row])
    for place in (0, 5):
        mine = as_tensor(asked.answers[1].value[place])[row]
        if found := picked.compare(mine, place, RESULT[place].name):
            sentence = f"row {row} of the batch comes out differently when other rows change: {found.sentence}"
            return msgspec.structs.replace(found, sentence=sentence, step=1)
    return None


LONG = (33, 100, 512)


def draw_long() -> Any:
    """Small states, so that many steps stay cheap."""
    return cases({"B": (1, 2), "I": (1, 3), "H": (1, 3)}, kinds=("ordinary",), layouts=("contiguous",))


def lasting(case: Case) -> dict[str, Any]:
    """A state that is carried on nearly as it is, and small inputs: a gradient goes a long way back, and errors do not grow."""
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


def ask_long(case: Case) -> Program:
    """Ever longer sequences; from above at every step, then at the last state alone."""
    program: Program = []
    for length in LONG:
        given = lasting(msgspec.structs.replace(case, sizes={**case.sizes, "T": length}))
        program.append(called(case, given))
        program.append(called(case, {**given, "d_outputs": given["d_outputs"] * 0}))
    return program


def judge_long(asked: CaseAnswers) -> Finding | None:
    """Every length against the reference; the sizes in the words are those of the call."""
    for step in range(2 * len(LONG)):
        length = LONG[step // 2]
        longer = msgspec.structs.replace(asked.case, sizes={**asked.case.sizes, "T": length})
        if found := value_finding(msgspec.structs.replace(asked, case=longer), step, RESULT):
            return msgspec.structs.replace(found, sentence=f"over {length} steps, {found.sentence}")
    return None


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
            given = lasting(longer)
            program += [Put(into=name, value=value) for name, value in given.items()]
            if repeat:
                measured[len(program)] = length
            program.append(Call(target="rnn_backward", args=tuple(Handle(name) for name in given), seed=case.seed))
    return program, measured


CHECKS: tuple[Check, ...] = (
    shape_check(BACKWARD),
    agreement_check(BACKWARD),
    untouched_check(BACKWARD),
    larger_check(BACKWARD, draw_larger),
    Check(
        name="slopes-of-the-loss",
        sentence="Each gradient says how L changes where its argument is moved a little.",
        draw=draw_calm,
        ask=lambda case: [called(case, calm(case))],
        judge=judge_slope,
    ),
    Check(
        name="nothing-from-above",
        sentence="Where nothing comes from above, all gradients are zero.",
        draw=draw,
        ask=ask_nothing_from_above,
        judge=lambda asked: value_finding(asked, 0, RESULT),
        cases=12,
    ),
    Check(
        name="one-step-from-above",
        sentence="What comes from above at one step reaches that step and those before it, and none after it.",
        draw=lambda: cases({**SIZES, "T": (2, 3, 5, 8)}),
        ask=ask_one_step,
        judge=judge_one_step,
    ),
    Check(
        name="linear-in-what-comes-from-above",
        sentence="The gradients are linear in those that come from above.",
        draw=draw_calm,
        ask=ask_linear,
        judge=judge_linear,
    ),
    Check(
        name="summed-over-the-batch",
        sentence="Gradients of weights and biases are the sums of those that each sequence gives by itself.",
        draw=draw_calm,
        ask=ask_rows,
        judge=judge_rows,
    ),
    msgspec.structs.replace(
        agreement_check(SATURATED, cases=25, name="saturated-states"),
        sentence="States that are driven far into saturation give finite and right gradients.",
    ),
    Check(
        name="long-sequences",
        sentence="Up to 512 steps, the gradient reaches back to the first step and to h0.",
        draw=draw_long,
        ask=ask_long,
        judge=judge_long,
        cases=2,
    ),
    no_memory_check(BACKWARD),
    any_order_check(BACKWARD),
    Check(
        name="rows-are-independent",
        sentence="A row of d_x and of d_h0 depends on that row of the batch alone.",
        draw=draw,
        ask=ask_other_rows,
        judge=judge_other_rows,
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
