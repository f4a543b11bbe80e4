"""What a right LSTM does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from problems.asks import Call, Program
from problems.cases import Case, Values, cases, upstream
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.properties import agrees, grows_with, standard_checks
from problems.recurrence import GROWTH, LARGER, LONG, SHORT, SIZES, saturated, state_kind, weights

RESULT = (Layout("outputs", "B T H"), (Layout("h_n", "B H"), Layout("c_n", "B H")))


def inputs(case: Case) -> dict[str, Any]:
    """The seven arguments."""
    values, sizes = Values(case), case.sizes
    b, t, i, h = sizes["B"], sizes["T"], sizes["I"], sizes["H"]
    return {
        "x": values.laid_out(b, t, i),
        "h0": values.laid_out(b, h, kind=state_kind(case)),
        "c0": values.laid_out(b, h, kind=state_kind(case)),
        **weights(values, case, gates=4),
    }


LSTM = Subject(draw=cases(SIZES), inputs=inputs, target="lstm", result=RESULT, rows=("x", "h0", "c0"))
SMALL = LSTM.on(**SHORT)


def ask_long(case: Case) -> Iterator[Call]:
    """The same weights over ever longer sequences."""
    for length in LONG:
        yield LSTM.call(case.resized(T=length), note=f"over {length} steps")


def ask_long_gradient(case: Case) -> Program:
    """The gradient over a hundred steps, for the last states; an open forget gate lets it reach the start."""
    longer = case.resized(T=100)
    given, hidden = inputs(longer), case.sizes["H"]
    forget = torch.tensor([0.0, 1.0, 0.0, 0.0], dtype=case.torch_dtype).repeat_interleave(hidden)
    given |= {"w_hh": given["w_hh"] * 0.5, "b_ih": given["b_ih"] + 3 * forget}
    return [LSTM.differentiate(longer, (None, *upstream(longer, *[longer.shape("B H")] * 2)), given)]


CHECKS: tuple[Check, ...] = standard_checks(
    LSTM,
    agrees(
        "saturated-gates",
        "Gates that are driven far into saturation stay finite and right.",
        LSTM.on(kinds=("huge",)).given(saturated),
    ),
    agrees(
        "long-sequences",
        "Up to 512 steps, every step is computed from the state before it.",
        SMALL,
        ask_long,
        cases=2,
    ),
    larger=LARGER,
    growth=grows_with(LSTM, "T", (128, 512), sentence="Time grows linearly with the number of steps.", **GROWTH),
    after_gradients=(
        agrees(
            "gradients-through-time",
            "The gradient reaches back through all steps to the first.",
            SMALL,
            ask_long_gradient,
            cases=2,
            needs_gradients=True,
        ),
    ),
)
