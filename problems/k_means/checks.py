"""What right k-means is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from problems.asks import Call, Handle
from problems.cases import Case
from problems.checks import Check, Subject
from problems.k_means.points import ASSIGN, CROWDED, EVERY, EXCHANGING, FIT, LOSING, SPACE, UPDATE, wrong
from problems.k_means.slow import SLOW
from problems.properties import (
    agrees,
    any_order_check,
    bad_arguments_check,
    names_check,
    no_memory_check,
    other_case,
    rows_check,
    shape_check,
    standard_checks,
    together,
    untouched_check,
)
from problems.requirements import Agrees


def every(make: Callable[[Subject], Check], changes: dict[str, Any] | None = None, **fields: Any) -> Check:
    """One check of all three functions, on the same cases; `changes` are those of the space."""
    return together(*[make(subject.on(SPACE, **changes or {})) for subject in EVERY], **fields)


def ask_kept(case: Case) -> Iterator[Call]:
    """Labels and centres from earlier calls, after calls on other points of the same shapes."""
    given = FIT.inputs(case)
    x, centres = given["x"], given["centres"]
    yield ASSIGN.call(case, {"x": x, "centres": centres}, into="labels")
    yield UPDATE.call(case, {**UPDATE.inputs(case), "x": x}, into="means")
    yield FIT.call(case, given, into="found")
    yield from (subject.call(case, subject.inputs(other_case(case))) for subject in EVERY)
    for labels, held in ((Handle("labels"), Handle("means")), (Handle("found", (1,)), Handle("found", (0,)))):
        yield UPDATE.call(case, {"x": x, "labels": labels, "centres": held}, note="on results of earlier calls")


BAD = "Shapes that do not fit, no centre, labels out of range and a negative number of steps raise ValueError."
SOME = {"N": (3, 4, 6, 9, 16), "K": (2, 3, 4, 6), "D": (1, 2, 3, 5, 16)}
LONG = {"N": (9, 16, 40, 80), "K": (2, 3, 4, 6), "D": (1, 2, 3), "steps": (3, 5, 20), "centres": ("own",)}
LARGER = ({"N": 2000}, {"K": 50}, {"D": 100}, {"N": 300, "K": 20})
BLOBS = {"centres": ("blobs",), "kinds": ("ordinary",)}
KEPT = FIT.on(**BLOBS, **SOME)
FEW = {"N": (3, 4), "K": (2, 3), "D": (2, 3), "layouts": ("contiguous",)}

CHECKS: tuple[Check, ...] = standard_checks(
    FIT,
    agrees("nearest-centre", "The label of a point is that of its nearest centre.", ASSIGN, cases=60),
    agrees(
        "ties-go-to-the-first",
        "Of several centres that are exactly as near, the first is taken; one that is nearer by a little is nearer.",
        ASSIGN.on(kinds=("ordinary", "small integers", "huge", "tiny"), centres=("mirrored", "copies"), **SOME),
        cases=40,
    ),
    agrees("means", "A centre moves to the mean of its points.", UPDATE, cases=60),
    agrees("means-keep-their-digits", "Neither other points nor the centre before cost digits.", CROWDED, cases=12),
    agrees(
        "empty-clusters-stay",
        "A centre without points stays where it was.",
        UPDATE.on(labels=("one", "some"), **SOME | {"K": (2, 3, 6, 12)}),
    ),
    agrees("emptied-clusters-stay", "A centre that loses its points stays where it had moved to.", LOSING, cases=16),
    agrees("points-are-exchanged", "Clusters that stay as large may still have other points.", EXCHANGING, cases=12),
    agrees("no-steps", "Without a step, centres stay and points are assigned to them.", FIT.on(steps=(0,))),
    agrees(
        "tiny-moves",
        "Centres that move by next to nothing move on, until nothing changes.",
        FIT.on(kinds=("tiny",), **LONG),
    ),
    agrees(
        "far-out",
        "Where all points are far from the origin, and some of them far from the others, small moves count as well.",
        FIT.on(kinds=("far",), dtypes=("float64",), **LONG),
    ),
    agrees("many-steps", "All steps are made: here a point changes its centre in each of hundreds.", SLOW, cases=1),
    agrees("results-stay", "Later calls leave alone what earlier ones gave.", KEPT, ask_kept, requires=Agrees()),
    larger=LARGER,
    limits=({"steps": 1000}, {"steps": 0}),
    raises=every(lambda subject: bad_arguments_check(subject, wrong(subject), sentence=BAD), FEW),
    leave_out={"gradients": "NumPy has none"},
    others={
        "shape-and-dtype": every(shape_check, sentence="Labels are int64 [N], centres [K, D] of the points' dtype."),
        "called-by-name": every(names_check),
        "inputs-not-modified": every(untouched_check),
        "nothing-kept-between-calls": every(no_memory_check, BLOBS),
        "right-in-any-order": every(any_order_check),
        "rows-are-independent": rows_check(ASSIGN).but(sentence="A point's label depends on no other point."),
    },
)
