"""What right layer and RMS normalization do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from problems.asks import Call, Program
from problems.cases import DTYPES, HALF, KINDS, Case, Values, cases
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.gradients import gradient_check
from problems.probes import INFLUENCE, Probe, Told
from problems.properties import (
    Given,
    agrees,
    any_order_check,
    in_turn_check,
    larger_check,
    larger_space,
    limits_check,
    names_check,
    no_memory_check,
    rows_check,
    shape_check,
    standard_checks,
    together,
)

RESULT = Layout("result", "... D")
# With 1e-12 a row of equal numbers is divided by 1e-6: the gradient of `weight` is what rounding left of x - mean(x), times a million.
EPS_OF_GRADIENTS = (1e-5, 1e-3, 0.25)
FAR = {"float16": 1000.0, "bfloat16": 64.0, "float32": 1e4, "float64": 1e6}
SMALLEST_EPS = [{"kind": kind, "eps": 1e-12, "lead": "BT"} for kind in ("zero", "equal")]  # 0 in float16
LARGER = ({"D": 100}, {"B": 65}, {"D": 33, "B": 17}, {"D": 257})
SPACE = cases(
    {"B": (1, 2, 3, 4), "T": (1, 2, 3, 9, 16), "D": (2, 1, 3, 4, 5, 8, 12, 16, 32)},
    kinds=(*KINDS, "far from zero"),
    options={
        "lead": ("B", "", "BT"),  # the dimensions before the last
        "eps": (*EPS_OF_GRADIENTS, 1e-12),
        "given": ("both", "none", "weight", "bias"),  # of weight and bias
    },
)


def shape_of(case: Case) -> tuple[int, ...]:
    """Of x."""
    return case.shape(" ".join([*case.options["lead"], "D"]))


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


LAYER = Subject(
    draw=SPACE,
    inputs=layer_inputs,
    target="layer_norm",
    result=RESULT,
    rows=("x",),
    defaults={"weight": None, "bias": None, "eps": 1e-5},
)
RMS = Subject(
    draw=SPACE,
    inputs=rms_inputs,
    target="rms_norm",
    result=RESULT,
    rows=("x",),
    defaults={"weight": None, "eps": 1e-6},
)


def ask_scaled(subject: Subject, case: Case) -> Iterator[Call]:
    """A row, and the same row a thousand times as large: eps is small beside both; of layer_norm, moved by 7 as well."""
    given = subject.inputs(case)
    x = given["x"]
    yield subject.call(case, given)
    yield subject.call(case, given | {"x": x * 1000.0}, note="with x a thousand times as large")
    if subject.target == "layer_norm":
        yield subject.call(case, given | {"x": x + 7.0}, note="with 7 added to x")


def other_options(subject: Subject, case: Case) -> Iterator[Given]:
    """Another eps, neither weight nor bias, and zeros in their place."""
    scales = [name for name in subject.defaults if name != "eps"]
    yield {"eps": 0.5}
    yield dict.fromkeys(scales)
    yield {name: torch.zeros(case.sizes["D"], dtype=case.torch_dtype) for name in scales}


def differentiable(program: Program) -> bool:
    """Whether no row's variance or mean square is 0: there, the root of a mistaken solution has no gradient, or any."""
    x = program[-1].args[0].double()  # type: ignore[union-attr]
    return bool((x != x[..., :1]).any(dim=-1).all())


def gradients_of(subject: Subject, *, cases: int) -> Check:
    """Gradients of one of the two functions."""
    return gradient_check(subject, lambda case: [shape_of(case)], cases=cases).but(single_answer=differentiable)


def checks_of(subject: Subject) -> tuple[Check, ...]:
    """Every property of one of the two functions."""
    half_kinds = ("small integers", "ordinary", "huge", "tiny", "far from zero", "equal")
    ample = {"kinds": ("ordinary",), "eps": (1e-5, 1e-12), "given": ("none",), "D": (2, 3, 5, 8, 32, 40)}
    moderate = subject.on(dtypes=HALF, kinds=("small integers", "ordinary"), eps=(1e-3, 0.25), D=(2, 3, 5))
    found = standard_checks(
        subject,
        agrees(
            "half-precision-is-computed-in-float32",
            "float16 and bfloat16 are computed in float32, and only the result is rounded.",
            subject.on(dtypes=HALF, kinds=half_kinds, D=(2, 3, 5, 8, 16, 40)),
            cases=40,
        ),
        agrees(
            "mean-and-size-of-rows",
            "Whatever its scale, a row comes out with a mean square of 1; from layer_norm also with a mean of 0.",
            subject.on(**ample),
            lambda case: ask_scaled(subject, case),
            cases=12,
        ),
        in_turn_check(
            subject,
            "options-hold-for-their-call",
            "eps, weight and bias hold for the call they are passed to, and for no other.",
            lambda case: other_options(subject, case),
        ),
        gradients_of(moderate, cases=12).but(name="gradients-in-half-precision"),
        leave_out=dict.fromkeys(("shape-and-dtype", "right-in-any-order"), "one check asks for both functions"),
        counts={"agrees-with-reference": 80},
        others={
            "at-the-limits": limits_check(subject.on(dtypes=("float16",)), SMALLEST_EPS),
            "larger-sizes": larger_check(
                subject,
                larger_space(
                    subject, LARGER, D=(2, 3), lead=("BT",), given=("both",), kinds=("ordinary", "far from zero")
                ),
                cases=26,
            ),
            "called-by-name": names_check(subject.on(kinds=("small integers", "tiny"))),
            "nothing-kept-between-calls": no_memory_check(subject.on(given=("both", "weight"))),
            "rows-are-independent": rows_check(subject.on(lead=("B", "BT"), B=(2, 3, 4))),
            "gradients": gradients_of(subject.on(eps=EPS_OF_GRADIENTS), cases=60),
        },
    )
    return tuple(check.but(name=f"{check.name}-of-{subject.target.replace('_', '-')}") for check in found)


CHECKS: tuple[Check, ...] = (
    together(
        *[shape_check(each.on(dtypes=(*DTYPES, *HALF))) for each in (LAYER, RMS)],
        sentence="Both results have the type, dtype and shape that the statement asks for, in half precision, too.",
        cases=40,
    ),
    *checks_of(LAYER),
    *checks_of(RMS),
    together(any_order_check(LAYER), any_order_check(RMS)),
)


def _tell_moments(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """Of the first row whose mean or mean square is wrong, what it is and what is right."""
    mine, right = told.result(told.before[0]), told.result(told.before[1])
    if mine is None or right is None or not isinstance(told.program[-1], Call):
        return ()
    for name, power in (("mean", 1), ("mean square", 2)):
        got, wanted = (each.reshape(-1, each.shape[-1]).pow(power).mean(-1) for each in (mine, right))
        for row in ((got - wanted).abs() > APART * wanted.abs().clamp(min=1.0)).nonzero()[:1].flatten().tolist():
            return (f"the {name} of row {row} of your result is {got[row]:.4g}; right is {wanted[row]:.4g}",)
    return ()


APART = 2e-2  # further than half precision rounds
PROBES: tuple[Probe, ...] = (Probe(lambda program, names: [], _tell_moments), INFLUENCE)
