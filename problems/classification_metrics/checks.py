"""What right classification metrics are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from problems.cases import Case
from problems.checks import Check, Subject
from problems.classification_metrics.calls import AREA, BOTH, BY_CLASS, EVERY, MACRO, MATRIX, MICRO
from problems.properties import (
    Given,
    agrees,
    any_order_check,
    bad_arguments_check,
    names_check,
    no_memory_check,
    shape_check,
    together,
    untouched_check,
)
from problems.sizes import usual_sizes


def has_room(case: Case) -> bool:
    """Whether the labels' type holds all of them."""
    return case.sizes["C"] <= torch.iinfo(getattr(torch, case.options["labels"])).max


def ask_orders(case: Case) -> Iterator[Given]:
    """The items in another order, scores moved and stretched so that their order stays, and the sides exchanged."""
    order = torch.randperm(case.sizes["N"], generator=torch.Generator().manual_seed(case.seed))
    targets, scores = (each.contiguous() for each in AREA.inputs(case).values())
    yield {"targets": targets, "scores": scores}
    yield {"targets": targets[order], "scores": scores[order]}
    yield {"targets": targets, "scores": scores * 4}
    yield {"targets": targets, "scores": scores.sign() * scores * scores}
    yield {"targets": 1 - targets, "scores": scores}
    yield {"targets": targets, "scores": -scores}


def close(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """Scores around 1 that differ in the last digits of float64. None are equal, so that no rounding makes or breaks a tie."""
    steps = torch.randperm(case.sizes["N"], generator=torch.Generator().manual_seed(case.seed))
    return {**given, "scores": 1 + steps.double() * 2.0**-48}


def wrong_labels(case: Case) -> Iterator[Given]:
    """Labels out of range on either side, and lengths that differ."""
    given, c = MATRIX.inputs(case), case.sizes["C"]
    for name in ("targets", "predictions"):
        yield from ({name: changed(given[name], place, bad)} for bad, place in ((-1, 0), (c, -1), (c + 3, 0)))
        yield from ({name: given[name][:length]} for length in (-1, 1))


def wrong_scores(case: Case) -> Iterator[Given]:
    """Targets that are not 0 or 1, and lengths that differ."""
    targets, scores = AREA.inputs(case).values()
    yield from ({"targets": changed(targets, -1, bad)} for bad in (2, -1))
    yield {"scores": scores[:-1]}
    yield {"targets": targets[:1]}


def changed(labels: torch.Tensor, place: int, label: int) -> torch.Tensor:
    """The labels with another one at one place."""
    found = labels.clone()
    found[place] = label
    return found


def every(make: Callable[[Subject], Check], **fields: Any) -> Check:
    """One check of all functions, precision_recall_f1 with each average, on the same cases."""
    return together(
        *[make(subject.on(BOTH, sides=("both", "positive"), right=(0.6, 0.0))) for subject in EVERY], **fields
    )


FEW = {"N": (3, 4, 6), "C": (2, 3), "layouts": ("contiguous",)}
FEW |= {"present": ("all",), "labels": ("int64",), "ties": ("none",), "sides": ("both",)}
WRONG = [(subject, wrong_labels) for subject in EVERY if subject is not AREA]
WRONG += [(BY_CLASS, lambda case: ({"average": bad} for bad in ("weighted", "", "Macro"))), (AREA, wrong_scores)]
WIDE = {"N": (3, 16, 30), "C": (20, 40, 100, 200), "labels": ("uint8", "int8", "int16"), "present": ("all",)}
LARGE = ({"N": 2000}, {"C": 64}, {"N": 400, "C": 20})
LARGER: dict[str, Any] = {"N": (5, 60), "C": (2, 7), "present": ("all", "some")}
LARGER["large"] = (*LARGE, *usual_sizes({"N": (5, 60), "C": (2, 7)}, LARGE))
CLOSE = {"N": (2, 3, 6, 9, 16), "ties": ("none",), "sides": ("both",), "labels": ("int64",)}

CHECKS: tuple[Check, ...] = (
    every(shape_check, sentence="Counts are int64 [C, C], scores float64 [C] or single numbers, in a tuple of three."),
    agrees(
        "confusion-matrix",
        "Row i, column j counts the items of class i that were predicted as class j.",
        MATRIX,
        cases=40,
    ),
    agrees(
        "small-integer-types",
        "Labels of small integer types are counted rightly, however many classes there are.",
        MATRIX.on(MATRIX.on(right=(0.6, 0.0), **WIDE).space.filter(has_room)),
        cases=8,
    ),
    agrees(
        "by-class",
        "Precision, recall and F1 of each class are right, and 0 where their denominator is 0.",
        BY_CLASS,
        cases=40,
    ),
    agrees("macro", "A macro average is the mean over the classes that occur on either side.", MACRO, cases=60),
    agrees("micro", "A micro average adds up over all classes before it divides.", MICRO, cases=40),
    agrees("roc-auc", "The area is the share of pairs that are in order, where a tie counts half.", AREA, cases=80),
    agrees(
        "roc-auc-looks-at-order-alone",
        "The area follows from the order of the scores: stretching them changes nothing, turning them over all.",
        AREA,
        ask_orders,
        cases=20,
    ),
    agrees(
        "close-scores-are-no-ties",
        "Scores that differ in their last digits are no ties.",
        AREA.on(**CLOSE).given(close),
        cases=16,
    ),
    agrees("larger-sizes", "More items and more classes are counted rightly, too.", BY_CLASS.on(**LARGER), cases=14),
    agrees("larger-macro", "Macro averages are right over many classes.", MACRO.on(**LARGER), cases=14),
    agrees(
        "more-scores",
        "The area is right for up to 2,000 items.",
        AREA.on(N=(16, 17, 32, 60, 64, 300), large=({}, {"N": 2000}), sides=("both",)),
        cases=6,
    ),
    every(
        names_check,
        name="by-name-or-position",
        sentence="Arguments may be given by position or by name; each call has the average it asks for.",
    ),
    every(untouched_check),
    every(no_memory_check),
    every(any_order_check),
    together(
        *[
            bad_arguments_check(
                subject.on(BOTH, **FEW),
                wrong,
                sentence="Labels out of range, lengths that differ, another average and targets that are not 0 or 1 raise ValueError.",
                cases=3,
            )
            for subject, wrong in WRONG
        ]
    ),
)
