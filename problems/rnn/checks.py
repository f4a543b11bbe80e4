"""What a right recurrent network does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from problems.asks import Call, Handle, Program
from problems.cases import Case, Values, cases, upstream
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.properties import Given, agrees, grows_with, standard_checks
from problems.recurrence import GROWTH, LARGER, LONG, SHORT, SIZES, lasting, network, saturated

RESULT = (Layout("outputs", "B T H"), Layout("h_n", "B H"))


def inputs(case: Case) -> dict[str, Any]:
    """The six arguments, with and without a state to begin with."""
    found = network(case, Values(case))
    return found | {"h0": None} if case.options["h0"] == "None" else found


RNN = Subject(
    draw=cases(SIZES, options={"h0": ("given", "None")}),
    inputs=inputs,
    target="rnn",
    result=RESULT,
    rows=("x", "h0"),
    defaults={"h0": None},
)
FROM_A_STATE = RNN.on(h0=("given",))
LASTING = FROM_A_STATE.on(**SHORT).given(lasting)


def ask_default(case: Case) -> Iterator[Given]:
    """Called without h0 at all, in turn with calls that have one."""
    given = inputs(case)
    bare = {name: value for name, value in given.items() if name != "h0"}
    yield from (bare, given, bare)


def ask_cut(case: Case) -> Iterator[Call]:
    """The whole sequence, and the same in two parts, the second from the state that came back from the first."""
    given, whole = inputs(case), case.sizes["T"]
    at = 1 + case.seed % (whole - 1)
    begin, rest = {"x": given["x"][:, :at]}, {"x": given["x"][:, at:], "h0": Handle("first", (1,))}
    yield RNN.call(case)
    yield RNN.call(case.resized(T=at), given | begin, into="first")
    yield RNN.call(case.resized(T=whole - at), given | rest, note="continued from h_n")


def ask_long(case: Case) -> Iterator[Call]:
    """The same weights over ever longer sequences."""
    for length in LONG:
        yield LASTING.call(case.resized(T=length), note=f"over {length} steps")


def ask_long_gradient(case: Case) -> Program:
    """The gradient over a hundred steps, for the last state: not cut off anywhere."""
    longer = case.resized(T=100)
    return [LASTING.differentiate(longer, (None, *upstream(longer, longer.shape("B H"))))]


CHECKS: tuple[Check, ...] = standard_checks(
    RNN,
    agrees(
        "starts-from-zeros",
        "Called without h0, or with None, it starts from zeros, whatever state it was called with before.",
        FROM_A_STATE,
        ask_default,
    ),
    agrees(
        "saturated-states",
        "States that are driven far into saturation stay finite and right.",
        RNN.on(kinds=("huge",)).given(saturated),
    ),
    agrees(
        "cut-anywhere",
        "A sequence that is cut in two and continued from h_n gives what it gives in one piece.",
        FROM_A_STATE.on(T=(2, 3, 5, 8, 9, 16)),
        ask_cut,
    ),
    agrees(
        "long-sequences",
        "Up to 512 steps, every step is computed from the state before it.",
        LASTING,
        ask_long,
        cases=2,
    ),
    larger=LARGER,
    growth=grows_with(LASTING, "T", (128, 512), sentence="Time grows linearly with the number of steps.", **GROWTH),
    after_gradients=(
        agrees(
            "gradients-through-time",
            "The gradient reaches back through all steps to the first.",
            LASTING,
            ask_long_gradient,
            cases=2,
            needs_gradients=True,
        ),
    ),
)
