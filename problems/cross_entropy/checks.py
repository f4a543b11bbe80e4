"""What a right cross-entropy does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch

from problems.asks import Program, Step
from problems.cases import KINDS, Case, Values, cases, relaid, upstream
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.properties import (
    Given,
    agrees,
    bad_arguments_check,
    larger_check,
    larger_space,
    names_check,
    standard_checks,
)

SIZES = {"B": (1, 2, 3, 4, 5), "T": (1, 2, 3, 4, 9, 16), "V": (2, 1, 3, 5, 8, 10, 27, 32)}
OPTIONS = {
    "dims": (2, 1, 3),
    "ignore": (-100, -1, 0, 1, 1000),
    "ignored": ("none", "some", "most", "all"),
    "smoothing": (0.0, 0.1, 0.5, 0.9, 1.0, 0.01),
}
LARGER = ({"V": 1000}, {"V": 1000, "B": 33}, {"B": 130}, {"B": 70, "T": 5, "V": 4}, {"B": 33, "V": 40})


def lead(case: Case) -> tuple[int, ...]:
    """The dimensions before the classes."""
    return (case.sizes["B"], case.sizes["T"])[: case.options["dims"] - 1]


def logits_of(case: Case, *, salt: int = 0) -> torch.Tensor:
    """Logits of up to 1e4 in size; of kind "far", rows that lie far from zero, each elsewhere."""
    values = Values(case, salt=salt, huge=3000.0)
    shape = (*lead(case), case.sizes["V"])
    if case.kind != "far":
        return values.laid_out(*shape)
    rows = values.plain(*lead(case), 1, kind="ordinary", scale=4000.0).clamp(-9900, 9900)
    return relaid(rows + values.plain(*shape, kind="ordinary", scale=2.0), case.layout)


def targets_of(case: Case) -> torch.Tensor:
    """A class for each position that counts, `ignore` for the others."""
    values, shape = Values(case, salt=5), lead(case)
    classes = case.sizes["V"]
    drawn = torch.tensor([values.choice(classes) for _ in range(math.prod(shape))]).reshape(shape)
    if case.options["ignored"] == "none":  # a class that is ignored may come by itself, and then does not count
        return relaid(drawn, case.layout)
    chance = {"some": 0.3, "most": 0.8, "all": 1.0}[case.options["ignored"]]
    ignored = values.booleans(*shape, chance=chance)
    return relaid(torch.where(ignored, case.options["ignore"], drawn), case.layout)


def inputs(case: Case) -> dict[str, Any]:
    """All four arguments."""
    return {
        "logits": logits_of(case),
        "targets": targets_of(case),
        "ignore_index": case.options["ignore"],
        "label_smoothing": case.options["smoothing"],
    }


LOSS = Subject(
    draw=cases(SIZES, kinds=(*KINDS, "far"), options=OPTIONS),
    inputs=inputs,
    target="cross_entropy",
    result=Layout("result", ""),
    defaults={"ignore_index": -100, "label_smoothing": 0.0},
)
SEVERAL = LOSS.on(B=(2, 3, 4, 5), dims=(2, 3), ignored=("none", "some", "most"))
SURE = LOSS.on(kinds=("ordinary",), layouts=("contiguous",), ignored=("none", "some"), dims=(2, 3))
# All positions count, so that a wrong target among them is none that is ignored.
COUNTED = LOSS.on(B=(1, 2, 3, 4), ignored=("none",), ignore=(-100,), kinds=("ordinary",), layouts=("contiguous",))
# Targets that are classes, or ignored, where nothing is said about what to ignore as well.
DEFAULT = LOSS.on(ignore=(-100, 0))


def ask_nothing_counts(case: Case) -> Program:
    """Value and gradient where every position is ignored."""
    note = "no position counts here"
    return [LOSS.call(case, note=note), LOSS.differentiate(case, upstream(case, ()), note=note)]


def ask_ignored(case: Case) -> Iterator[Step]:
    """The same call with other logits where the target is ignored, far larger ones too, and without those positions."""
    given = inputs(case)
    logits, targets = given["logits"], given["targets"]
    ignored = targets == given["ignore_index"]
    yield LOSS.call(case, given)
    for scale, note in ((1.0, "with other logits at the ignored positions"), (2000.0, "with far larger logits there")):
        others = Values(case, salt=9).plain(*logits.shape, kind="ordinary", scale=scale)
        yield LOSS.call(case, given | {"logits": torch.where(ignored[..., None], others, logits)}, note=note)
    if not bool(ignored.all()):
        kept = {"logits": logits[~ignored], "targets": targets[~ignored]}
        yield LOSS.call(case, given | kept, note="without the ignored positions")


def ask_parts(case: Case) -> Iterator[Given]:
    """The whole, each row of it alone, and the whole in another order and another shape."""
    given = inputs(case)
    logits, targets = given["logits"], given["targets"]
    order = torch.randperm(len(logits), generator=torch.Generator().manual_seed(case.seed))
    yield given
    for x, y in (
        *zip(logits, targets, strict=True),
        (logits[order], targets[order]),
        (logits.flatten(0, -2), targets.flatten()),
        (logits[None, :, None], targets[None, :, None]),
    ):
        yield given | {"logits": x, "targets": y}


def ask_sure(case: Case) -> Iterator[Given]:
    """Every position sure of its target, then sure of another class: logits of ±20, ±100, ±1e4."""
    given, classes = inputs(case), case.sizes["V"]
    for size in (20.0, 100.0, 1e4):
        for shift in (0, 1):
            sure = (given["targets"].clamp(0, classes - 1) + shift) % classes
            logits = torch.full_like(given["logits"], -size).scatter(-1, sure[..., None], size)
            yield given | {"logits": logits}


def ask_sure_gradient(case: Case) -> Program:
    """The gradient of the same."""
    return [LOSS.differentiate(case, upstream(case, ()), given) for given in ask_sure(case)]


def bad_arguments(case: Case) -> Iterator[Given]:
    """Smoothing outside [0, 1], where nothing counts too; targets that are no class; -100 where another one is ignored."""
    given, classes = inputs(case)["targets"], case.sizes["V"]
    for smoothing in (-0.1, 1.1, -1e-3, 2):
        yield {"label_smoothing": smoothing}
    yield {"targets": torch.full_like(given, -100), "label_smoothing": 1.5}
    wrong = [(bad, place, -100) for bad in (-1, classes, -classes, classes + 3, -101) for place in (0, -1)]
    for bad, place, ignored in (*wrong, (-100, -1, -1), (-100, -1, 1000)):
        targets = given.clone()
        targets.view(-1)[place] = bad
        yield {"targets": targets, "ignore_index": ignored}
    for bad in (
        (-5, -200, classes) if given.numel() > 1 else ()
    ):  # beside an ignored one, whose number is smaller, or larger
        targets = torch.full_like(given, -100)
        targets.view(-1)[-1] = bad
        yield {"targets": targets}


CHECKS: tuple[Check, ...] = standard_checks(
    LOSS,
    agrees(
        "nothing-counts",
        "Where every position is ignored the loss is 0, and its gradient is zero.",
        LOSS.on(ignored=("all",)),
        ask_nothing_counts,
        cases=12,
    ),
    agrees(
        "ignored-positions-have-no-influence",
        "What stands at an ignored position changes nothing, and leaving the position out changes nothing.",
        SEVERAL.on(ignored=("some", "most")),
        ask_ignored,
    ),
    agrees(
        "mean-over-what-counts",
        "The mean is over all positions that count together, whatever their order and the shape they come in.",
        SEVERAL.on(layouts=("contiguous",)),
        ask_parts,
    ),
    agrees(
        "sure-and-surely-wrong",
        "Where the model is sure of a class, rightly or wrongly, the loss is finite and right, for logits up to ±1e4.",
        SURE,
        ask_sure,
        cases=16,
    ),
    raises=bad_arguments_check(
        COUNTED,
        bad_arguments,
        sentence="A label_smoothing outside [0, 1], and a target that is neither ignored nor a class, raise ValueError.",
    ),
    leave_out={"rows-are-independent": "the mean is over all rows; mean-over-what-counts asks for each alone"},
    others={
        "larger-sizes": larger_check(LOSS, larger_space(LOSS, LARGER, dims=(2, 3)), cases=16),
        "called-by-name": names_check(DEFAULT).but(
            name="by-name-and-by-default",
            sentence="Arguments may be given by position or by name; -100 is ignored and nothing smoothed where nothing else is said.",
        ),
    },
    after_gradients=(
        agrees(
            "gradients-where-sure",
            "The gradient is finite and right where the model is sure of a class, for logits up to ±1e4.",
            SURE,
            ask_sure_gradient,
            cases=12,
            needs_gradients=True,
        ),
    ),
)
