"""What right layer and RMS normalization do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import torch

from problems.agreement import every_call_agrees, shape_finding
from problems.asks import Call, Program
from problems.cases import DTYPES, HALF, Case, Values, cases
from problems.checks import CaseAnswers, Check, Subject
from problems.comparison import Finding, Layout, as_tensor
from problems.gradients import gradient_check
from problems.kinds import Kind
from problems.properties import (
    agreement_check,
    larger_check,
    no_memory_check,
    rows_check,
    untouched_check,
)

RESULT = Layout("result", "... D")
SIZES = {"B": (1, 2, 3), "T": (1, 2, 3), "D": (2, 1, 3, 4, 5, 8)}
LEADS = ("B", "", "BT")  # the dimensions before the last
EPS = (1e-5, 1e-3, 0.25, 1e-12)
# With 1e-12 a row of equal numbers is divided by 1e-6: the gradient of `weight` is what rounding left of x - mean(x), times a million.
EPS_OF_GRADIENTS = EPS[:-1]
GIVEN = ("both", "none", "weight", "bias")  # of weight and bias
KINDS = ("small integers", "ordinary", "zero", "equal", "huge", "tiny", "far from zero")
FAR = {"float16": 1000.0, "bfloat16": 64.0, "float32": 1e4, "float64": 1e6}


def draw_from(**changes: Any) -> Any:
    """Cases over sizes, ranks, values, layouts, eps and which of weight and bias there are."""
    sizes = {letter: changes.pop(letter, values) for letter, values in SIZES.items()}
    options = {"lead": changes.pop("lead", LEADS), "eps": changes.pop("eps", EPS), "given": changes.pop("given", GIVEN)}
    changes.setdefault("kinds", KINDS)
    return cases(sizes, options=options, **changes)


def draw() -> Any:
    """Everything, in single and double precision."""
    return draw_from()


def shape_of(case: Case) -> list[int]:
    """Of x."""
    return [*[case.sizes[letter] for letter in case.options["lead"]], case.sizes["D"]]


def rows(case: Case) -> torch.Tensor:
    """x: of kind "huge" of the size of 1e4, of kind "far from zero" with a mean beside which the spread is small."""
    found = Values(case, huge=1e4).laid_out(*shape_of(case))
    return found + FAR[case.dtype] if case.kind == "far from zero" else found


def scales(case: Case) -> tuple[torch.Tensor | None, torch.Tensor | None]:
    """Weight, of size 1/2 to 2, and bias, of size up to 1/2, so that the two do not cancel; None for what is not given."""
    values, width, given = Values(case, salt=3), case.sizes["D"], case.options["given"]
    signs = values.booleans(width).to(case.torch_dtype) * 2 - 1
    if case.kind == "small integers":
        weight = signs * (1 + values.booleans(width).to(case.torch_dtype))
        bias = values.booleans(width).to(case.torch_dtype) / 2
    else:
        weight = signs * values.plain(width, kind="ordinary").abs().clamp(0.5, 2.0)
        bias = values.plain(width, kind="ordinary", scale=0.25).clamp(-0.5, 0.5)
    return (weight if given in ("both", "weight") else None), (bias if given in ("both", "bias") else None)


def layer_inputs(case: Case) -> dict[str, Any]:
    """Arguments of layer_norm."""
    weight, bias = scales(case)
    return {"x": rows(case), "weight": weight, "bias": bias, "eps": case.options["eps"]}


def rms_inputs(case: Case) -> dict[str, Any]:
    """Arguments of rms_norm."""
    return {"x": rows(case), "weight": scales(case)[0], "eps": case.options["eps"]}


LAYER = Subject(draw=draw, inputs=layer_inputs, target="layer_norm", result=RESULT, rows=("x",))
RMS = Subject(draw=draw, inputs=rms_inputs, target="rms_norm", result=RESULT, rows=("x",))


def on(subject: Subject, **changes: Any) -> Subject:
    """The same call on other cases."""
    return msgspec.structs.replace(subject, draw=lambda: draw_from(**changes))


def of_function(check: Check, subject: Subject, sentence: str = "") -> Check:
    """The check under a name of its own, for one of the two functions."""
    name = f"{check.name}-of-{subject.target.replace('_', '-')}"
    return msgspec.structs.replace(check, name=name, sentence=sentence or check.sentence)


def special(name: str, sentence: str, subject: Subject, ask: Any = None, judge: Any = None, count: int = 25) -> Check:
    """A check of this problem's own, for one of the two functions."""
    check = Check(
        name=name,
        sentence=sentence,
        draw=subject.draw,
        ask=ask or subject.program,
        judge=judge or every_call_agrees(RESULT),
        cases=count,
    )
    return of_function(check, subject)


def judge_moments(asked: CaseAnswers) -> Finding | None:
    """Agreement with the reference; where there is none, said as a row's mean or mean square that is not what it should be."""
    found = every_call_agrees(RESULT)(asked)
    if found is None or found.verdict is not Kind.WRONG_ANSWER:
        return found
    mine = as_tensor(asked.answers[found.step].value).detach().double().reshape(-1, asked.case.sizes["D"])
    exact = as_tensor(asked.right.exact(found.step).value).double().reshape(-1, asked.case.sizes["D"])
    for name, power in (("mean", 1), ("mean square", 2)):
        got, right = (each.pow(power).mean(-1) for each in (mine, exact))
        off = (got - right).abs() > 1e-3
        if bool(off.any()):
            row = int(off.nonzero()[0])
            fact = f"the {name} of row {row} of your result is {float(got[row]):.4g}; right is {float(right[row]):.4g}"
            return msgspec.structs.replace(found, facts=(fact, *found.facts))
    return found


def ask_scaled(case: Case, subject: Subject) -> Program:
    """A row, and the same row a thousand times as large: eps is small beside both."""
    given = subject.inputs(case)
    calls = [{**given, "x": given["x"] * size} for size in (1.0, 1000.0)]
    if subject.target == "layer_norm":
        calls.append({**given, "x": given["x"] + 7.0})
    return [subject.call(case, each) for each in calls]


def ask_in_turn(case: Case, subject: Subject) -> Program:
    """Other eps, without weight and bias, and with zeros in their place, on one x; and the first again."""
    given = subject.inputs(case)
    options: list[str] = [name for name in ("weight", "bias") if name in given]
    other = {**given, "eps": 0.5 if given["eps"] != 0.5 else 1e-5}
    bare: dict[str, Any] = {**given, **dict.fromkeys(options)}
    zero: dict[str, Any] = {**given, **{name: torch.zeros(case.sizes["D"], dtype=case.torch_dtype) for name in options}}
    return [subject.call(case, each) for each in (given, other, bare, zero, given)]


def ask_words(case: Case, subject: Subject) -> Program:
    """Arguments left out, by name and by position."""
    given = subject.inputs(case)
    x, weight = given["x"], given["weight"]
    named: list[dict[str, Any]] = [{}, {"eps": given["eps"]}, {"weight": weight}, given]
    if "bias" in given:
        named.append({"bias": given["bias"]})
    calls = [Call(target=subject.target, args=(x,), kwargs=_without_x(each)) for each in named]
    return [*calls, Call(target=subject.target, args=(x, weight)), Call(target=subject.target, kwargs=given)]


def _without_x(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "x"}


def ask_both(case: Case) -> Program:
    """One call of each function."""
    return [LAYER.call(case), RMS.call(case)]


def shapes(case: Case) -> Sequence[Sequence[int]]:
    """Of the one result."""
    return [shape_of(case)]


def draw_larger() -> Any:
    """One size beyond those of the other checks; the rest small."""
    return draw_from(
        B=(1, 2),
        T=(1, 2),
        D=(2, 3),
        lead=("B", "BT"),
        kinds=("ordinary", "far from zero"),
        large=({"D": 100}, {"B": 65}, {"D": 33, "B": 17}, {"D": 257}),
    )


def differentiable(program: Program) -> bool:
    """Whether no row's variance or mean square is 0: there, the root of a mistaken solution has no gradient, or any."""
    x = program[-1].args[0].double()  # type: ignore[union-attr]
    return bool((x != x[..., :1]).any(dim=-1).all())


def gradients_of(subject: Subject, *, cases: int) -> Check:
    """Gradients of one of the two functions."""
    return msgspec.structs.replace(
        of_function(gradient_check(subject, shapes, cases=cases), subject), single_answer=differentiable
    )


def checks_of(subject: Subject) -> tuple[Check, ...]:
    """Every property of one of the two functions."""
    half_kinds = ("small integers", "ordinary", "huge", "tiny", "far from zero", "equal")
    moderate = {"kinds": ("small integers", "ordinary"), "eps": (1e-3, 0.25), "D": (2, 3, 5)}
    ample = {"kinds": ("ordinary",), "eps": (1e-5, 1e-12), "given": ("none",), "D": (2, 3, 5, 8, 40)}
    return (
        of_function(agreement_check(subject, cases=80), subject),
        special(
            "half-precision-is-computed-in-float32",
            "float16 and bfloat16 are computed in float32, and only the result is rounded.",
            on(subject, dtypes=HALF, kinds=half_kinds, D=(2, 3, 5, 8, 40)),
            count=40,
        ),
        of_function(larger_check(subject, draw_larger, cases=15), subject),
        special(
            "mean-and-size-of-rows",
            "Whatever its scale, a row comes out with a mean square of 1; from layer_norm also with a mean of 0.",
            on(subject, **ample),
            lambda case: ask_scaled(case, subject),
            judge_moments,
            12,
        ),
        special(
            "options-hold-for-their-call",
            "eps, weight and bias hold for the call they are passed to, and for no other.",
            subject,
            lambda case: ask_in_turn(case, subject),
            count=12,
        ),
        special(
            "called-by-name",
            "Arguments may be given by position, by name, or left out.",
            on(subject, kinds=("small integers", "tiny")),
            lambda case: ask_words(case, subject),
            count=12,
        ),
        of_function(untouched_check(subject), subject),
        of_function(no_memory_check(on(subject, given=("both", "weight"))), subject),
        of_function(rows_check(on(subject, lead=("B", "BT"), B=(2, 3))), subject),
        gradients_of(on(subject, eps=EPS_OF_GRADIENTS), cases=60),
        msgspec.structs.replace(
            gradients_of(on(subject, dtypes=HALF, **moderate), cases=12),
            name=f"gradients-in-half-precision-of-{subject.target.replace('_', '-')}",
        ),
    )


def judge_shapes(asked: CaseAnswers) -> Finding | None:
    """Type, dtype and shape of both results."""
    for step, name in enumerate((LAYER.target, RMS.target)):
        if found := shape_finding(asked, step, RESULT):
            return msgspec.structs.replace(found, sentence=f"{name}: {found.sentence}")
    return None


CHECKS: tuple[Check, ...] = (
    Check(
        name="shape-and-dtype",
        sentence="Both results have the type, dtype and shape that the statement asks for, in half precision, too.",
        draw=lambda: draw_from(dtypes=(*DTYPES, *HALF)),
        ask=ask_both,
        judge=judge_shapes,
        cases=40,
        gate=True,
    ),
    *checks_of(LAYER),
    *checks_of(RMS),
    Check(
        name="right-in-any-order",
        sentence="The result does not depend on the order of the cases: a fresh process answers them rightly, too.",
        draw=draw,
        ask=ask_both,
        judge=every_call_agrees(RESULT),
        own_process=True,
    ),
)
