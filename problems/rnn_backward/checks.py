"""What right gradients through time are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from problems.asks import Call
from problems.cases import Case, Values, cases
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.properties import Given, agrees, grows_with, other_case, rows_check, standard_checks
from problems.recurrence import GROWTH, LARGER, SHORT, SIZES, lasting, network, saturated
from problems.requirements import AddsUp, Slopes

RESULT = (
    Layout("d_x", "B T I"),
    Layout("d_w_ih", "H I"),
    Layout("d_w_hh", "H H"),
    Layout("d_b_ih", "H"),
    Layout("d_b_hh", "H"),
    Layout("d_h0", "B H"),
)
GRADIENTS = {part.name: part.name.removeprefix("d_") for part in RESULT}
ROWS = ("x", "h0", "d_outputs", "d_h_n")
LONG = (33, 100, 512)


def inputs(case: Case) -> dict[str, Any]:
    """The eight arguments, with gradients from above at one of the results or at both."""
    values = Values(case)
    kind = "small integers" if case.kind == "small integers" else "ordinary"
    found = network(case, values)
    for result, letters in (("outputs", "B T H"), ("h_n", "B H")):
        above = values.laid_out(*case.shape(letters), kind=kind)
        found[f"d_{result}"] = above if case.options["above"] in ("both", result) else above * 0
    return found


def calm(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """Weights at which no gradient explodes."""
    return {**found, "x": found["x"] * 0.5, "w_hh": found["w_hh"] * 0.5}


def nothing_from_above(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """Zeros from above."""
    return {**found, "d_outputs": found["d_outputs"] * 0, "d_h_n": found["d_h_n"] * 0}


BACKWARD = Subject(
    draw=cases(SIZES, options={"above": ("both", "outputs", "h_n")}),
    inputs=inputs,
    target="rnn_backward",
    result=RESULT,
    rows=ROWS,
)
FROM_BOTH = BACKWARD.on(above=("both",))
CALM = FROM_BOTH.on(kinds=("ordinary", "small integers"), dtypes=("float64",)).given(calm)
LASTING = FROM_BOTH.on(**SHORT).given(lasting)


def loss(given: Mapping[str, Any]) -> float:
    """L by the way forward alone."""
    h, found = given["h0"], 0.0
    for x, above in zip(given["x"].unbind(1), given["d_outputs"].unbind(1), strict=True):
        h = torch.tanh(x @ given["w_ih"].T + given["b_ih"] + h @ given["w_hh"].T + given["b_hh"])
        found += float((h * above).sum())
    return found + float((h * given["d_h_n"]).sum())


def ask_one_step(case: Case) -> Iterator[Call]:
    """Something from above at one step only."""
    given, at = inputs(case), case.seed % case.sizes["T"]
    only = torch.zeros_like(given["d_outputs"])
    only[:, at] = given["d_outputs"][:, at]
    note = f"with a gradient from above at step {at} alone (counted from 0)"
    yield BACKWARD.call(case, {**given, "d_outputs": only, "d_h_n": given["d_h_n"] * 0}, note=note)


def ask_linear(case: Case) -> Iterator[Given]:
    """Two gradients from above, and twice the one less three times the other."""
    given, others = CALM.inputs(case), CALM.inputs(other_case(case))
    names = ("d_outputs", "d_h_n")
    yield given
    yield {**given, **{name: others[name] for name in names}}
    yield {**given, **{name: 2 * given[name] - 3 * others[name] for name in names}}


def ask_rows(case: Case) -> Iterator[Call]:
    """Each row of the batch by itself, and the batch."""
    given = CALM.inputs(case)
    for row in range(case.sizes["B"]):
        alone = {name: given[name][row : row + 1].clone() for name in ROWS}
        yield BACKWARD.call(case.resized(B=1), given | alone)
    yield BACKWARD.call(case, given)


def ask_long(case: Case) -> Iterator[Call]:
    """Ever longer sequences; from above at every step, then at the last state alone."""
    for length in LONG:
        longer = case.resized(T=length)
        given = LASTING.inputs(longer)
        for above in (given["d_outputs"], given["d_outputs"] * 0):
            yield BACKWARD.call(longer, given | {"d_outputs": above}, note=f"over {length} steps")


CHECKS: tuple[Check, ...] = standard_checks(
    BACKWARD,
    agrees(
        "slopes-of-the-loss",
        "Each gradient says how L changes where its argument is moved a little.",
        CALM,
        requires=Slopes(RESULT, GRADIENTS, loss, name="L", step=1e-5),
    ),
    agrees(
        "nothing-from-above",
        "Where nothing comes from above, all gradients are zero.",
        BACKWARD.given(nothing_from_above),
        cases=12,
    ),
    agrees(
        "one-step-from-above",
        "What comes from above at one step reaches that step and those before it, and none after it.",
        FROM_BOTH.on(T=(2, 3, 5, 8, 9, 16)),
        ask_one_step,
    ),
    agrees(
        "linear-in-what-comes-from-above",
        "The gradients are linear in those that come from above.",
        CALM,
        ask_linear,
        requires=AddsUp(
            RESULT,
            "is not linear: for 2 u - 3 v from above, it is not 2 times that for u less 3 times that for v",
            factors=(2.0, -3.0),
        ),
    ),
    agrees(
        "summed-over-the-batch",
        "Gradients of weights and biases are the sums of those that each sequence gives by itself.",
        CALM,
        ask_rows,
        requires=AddsUp(RESULT, "of the batch is not the sum of those of its rows", batch="B"),
    ),
    agrees(
        "saturated-states",
        "States that are driven far into saturation give finite and right gradients.",
        FROM_BOTH.on(kinds=("huge",)).given(saturated),
    ),
    agrees(
        "long-sequences",
        "Up to 512 steps, the gradient reaches back to the first step and to h0.",
        LASTING,
        ask_long,
        cases=2,
    ),
    larger=LARGER,
    growth=grows_with(LASTING, "T", (128, 512), sentence="Time grows linearly with the number of steps.", **GROWTH),
    leave_out={"gradients": "what is asked for in NumPy has no gradient of its own"},
    counts={"larger-sizes": 16, "nothing-kept-between-calls": 12},
    others={
        "rows-are-independent": rows_check(BACKWARD).but(
            sentence="A row of d_x and of d_h0 depends on that row of the batch alone."
        )
    },
)
