"""What right softmax, log_softmax and logsumexp do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from problems.asks import Handle, Program, Step
from problems.cases import KINDS, Case, Values, cases, relaid, upstream
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.properties import (
    Given,
    agrees,
    any_order_check,
    bad_arguments_check,
    shape_check,
    standard_checks,
    together,
)

FLOW = "The gradient reaches x and is right; where x is -inf it is 0, also where a whole slice is."
DIMS = ("N", "BN", "NB", "BTN", "BNT", "NBT", "BTHN", "BTNH", "BNTH", "NBTH")  # N lies along the axis
SPACE = cases(
    {"N": (2, 1, 3, 5, 8, 16, 33), "B": (1, 2, 3, 4, 9), "T": (1, 2, 3, 5), "H": (1, 2, 3)},
    kinds=(*KINDS, "far", "wide"),
    options={"dims": DIMS, "from": ("end", "start"), "hidden": (0.0, 0.4), "empty": (0.0, 0.5)},
)


def inputs(case: Case) -> dict[str, Any]:
    """x, of kind "far" in slices far apart, "wide" spread over 80; "hidden", "empty": chances of an entry, a slice to be -inf."""
    values, of, dims = Values(case, huge=3000.0), case.options, case.options["dims"]
    lengths = [1 if n == 0 and case.layout == "expanded" else case.sizes[letter] for n, letter in enumerate(dims)]
    slices = [1 if letter == "N" else length for letter, length in zip(dims, lengths, strict=True)]
    far = values.plain(*slices, kind="ordinary", scale=2e4 * (case.kind == "far")).clamp(-9996, 9996)
    x = (values.plain(*lengths, scale=12.0 if case.kind == "wide" else 1.0) + far).clamp(-1e4, 1e4)
    hidden = values.booleans(*lengths, chance=of["hidden"]) | values.booleans(*slices, chance=of["empty"])
    x = relaid(x.masked_fill(hidden, -torch.inf), case.layout).expand(case.shape(" ".join(dims)))
    return {"x": x, "axis": dims.index("N") - (len(dims) if of["from"] == "end" else 0)}


def moved(case: Case) -> Iterator[Given]:
    """The same numbers, with others added to all of them; small integers stay exact."""
    x, axis = inputs(case).values()
    yield from ({"x": x + number, "axis": axis} for number in (0, 1, -60, 1000, -9990))


def bad_axes(case: Case) -> Iterator[Given]:
    """Those next to the ones that x has, and others further off."""
    rank = len(case.options["dims"])
    yield from ({"axis": each} for each in (rank, -rank - 1, rank + 9, -rank - 9))


def checks_of(subject: Subject) -> tuple[Check, ...]:
    """Every property of one of the three functions."""
    plain, hidden = subject.on(hidden=(0.0,), empty=(0.0,)), subject.on(hidden=(0.4,))

    def gradient(case: Case) -> Program:
        x, axis = inputs(case).values()
        above = upstream(case, x.shape)[0]
        if case.kind in ("huge", "far"):  # each entry twice: then no gradient is what rounding leaves of larger numbers
            x, above = torch.cat([x, x], axis), torch.cat([above, 0 * above], axis)
        others = {"log_softmax": above.masked_fill(x.isneginf(), 0.0), "logsumexp": above.select(axis, 0)}
        return [subject.differentiate(case, [others.get(subject.target, above)], {"x": x, "axis": axis})]

    exact, far, spread = (plain.on(kinds=each) for each in (("small integers",), ("far",), ("huge", "wide")))

    def later(case: Case) -> list[Step | Given]:
        others = inputs(case.but(seed=case.seed + 1))
        return [subject.call(case, into="first"), others, {"x": Handle("first"), "axis": -1}]

    found = standard_checks(
        subject,
        agrees("shift", "A number added to all of x is added to logsumexp, and changes nothing else.", exact, moved),
        agrees("far-apart", "Numbers of one slice may lie as far apart as -1e4 and 1e4.", spread),
        agrees("slices-are-independent", "Slices do not influence each other, however far apart they lie.", far),
        agrees("results-stay", "A later call leaves earlier results as they are.", exact.on(dims=DIMS[1:]), later),
        agrees("minus-infinity", "An entry of -inf has no weight, and a slice of them none at all.", hidden, cases=40),
        larger=({"N": 1000}, {"N": 4097}, {"B": 130}, {"N": 65, "B": 33}),
        limits=({"N": 100_000, "B": 2, "dims": "NB"}, {"N": 100_000, "dims": "N"}),
        raises=bad_arguments_check(plain, bad_axes, sentence="An axis that x does not have raises ValueError."),
        leave_out=dict.fromkeys(LEFT_OUT, "asked of all three at once, or by slices-are-independent"),
        others={"gradients": agrees("gradients", FLOW, subject, gradient, cases=80, needs_gradients=True)},
    )
    return tuple(check.but(name=f"{check.name}-of-{subject.target.replace('_', '-')}") for check in found)


LEFT_OUT = ("shape-and-dtype", "right-in-any-order", "rows-are-independent")
RESULT = Layout("result", "...")
NAMES = ("softmax", "log_softmax", "logsumexp")
SUBJECTS = [Subject(draw=SPACE, inputs=inputs, target=each, result=RESULT, defaults={"axis": -1}) for each in NAMES]
CHECKS: tuple[Check, ...] = (
    together(*map(shape_check, SUBJECTS), cases=40),
    *(check for each in SUBJECTS for check in checks_of(each)),
    together(*map(any_order_check, SUBJECTS)),
)
