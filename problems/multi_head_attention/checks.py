"""What right multi-head attention does."""

from __future__ import annotations

from typing import Any

import torch

from problems.asks import Program
from problems.attention import (
    LENGTHS,
    MASKS,
    PARAMETERS,
    WEIGHT_SUMS,
    WIDTHS,
    every_mask_check,
    first_head_check,
    hidden_check,
    indivisible_check,
    layer,
    make_mask,
    mask_check,
    model_width,
)
from problems.cases import Case, Values, cases, size_class
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.probes import INFLUENCE, Probe
from problems.properties import agrees, standard_checks

# The widths that weights have come first: counterexamples shrink in this order, and weights are what is large in them.
SIZES = {"H": (1, 2, 3, 4, 8), "Dh": WIDTHS, "B": (1, 2, 3, 4, 5), "Tq": LENGTHS, "Tk": (1, 2, 3, 4, 7, 9, 16, 33)}


def with_one_length(case: Case) -> Case:
    """Query, key and value are one tensor only where lengths of one class were dealt: these stay, and so do all their pairs."""
    queries, keys = case.shape("Tq Tk")
    if case.options["same"] and size_class(queries) != size_class(keys):
        return case.but(same=False)
    return case.resized(Tk=queries) if case.options["same"] else case


def inputs(case: Case) -> dict[str, Any]:
    """query, key, value and mask; with the option "same" the three are one tensor.

    Scores of 1e4, which a hidden key must be below, are those of `hidden_check`, which knows how they come about.
    """
    values = Values(case, huge=20)
    query = key = value = values.laid_out(*case.shape("B Tq D"))
    if not case.options["same"]:
        key, value = values.laid_out(*case.shape("B Tk D")), values.laid_out(*case.shape("B Tk D"))
    return {"query": query, "key": key, "value": value, "mask": make_mask(case)}


SPACE = cases(SIZES, options={"mask": MASKS, "same": (False, True)}, derived={"D": model_width}).map(with_one_length)
ATTENTION = Subject(
    draw=SPACE,
    inputs=inputs,
    target="m",
    result=Layout("result", "B Tq D"),
    layer=layer("MultiHeadAttention"),
    parameters=PARAMETERS,
    rows=("query", "key", "value"),
    defaults={"mask": None},
)
DISTINCT = ATTENTION.on(same=(False,))


def ask_permuted(case: Case) -> Program:
    """The keys, their values and the mask's columns in another order."""
    given = inputs(case)
    order = torch.randperm(case.sizes["Tk"], generator=torch.Generator().manual_seed(case.seed))
    other = given | {name: given[name][:, order] for name in ("key", "value")}
    if given["mask"] is not None and given["mask"].shape[-1] > 1:
        other["mask"] = given["mask"][..., order]
    return ATTENTION.calls(case, given, other, notes=("", "with keys and values in another order"))


CHECKS: tuple[Check, ...] = standard_checks(
    ATTENTION,
    every_mask_check(DISTINCT.on(B=(2, 3), H=(2, 3), Tq=(2, 3, 5, 9), Tk=(2, 3, 4, 16)), "Tq"),
    agrees(
        "cross-attention",
        "There may be more or fewer keys than queries.",
        DISTINCT.on(Tq=(1, 2, 5, 16), Tk=(3, 4, 7, 33)),
        cases=12,
    ),
    hidden_check(
        DISTINCT.on(Tk=(2, 3, 5, 9), mask=("2d", "full", "padding")),
        "key",
        looking=("query", "key"),
        hidden=("key", "value"),
    ),
    agrees(
        "keys-in-any-order",
        "Permuting keys and values together changes nothing.",
        DISTINCT,
        ask_permuted,
        cases=12,
    ),
    first_head_check(
        ATTENTION.on(H=(2, 3, 4, 8)),
        ("q_proj", "k_proj", "v_proj"),
        "heads-are-independent",
        "Each head is computed from its own features alone.",
        note="with other weights for head 0",
        cases=12,
    ),
    agrees(
        "one-head-or-one-feature",
        "One head, and heads of a single feature, are no special case.",
        ATTENTION.on(H=(1, 5), Dh=(1, 6)),
        cases=12,
    ),
    mask_check(ATTENTION.on(layouts=("contiguous",))),
    larger=({"Tk": 150}, {"Tq": 130}, {"Tq": 70, "Tk": 70}, {"B": 65}, {"H": 16}, {"Dh": 33}),
    raises=indivisible_check(layer("MultiHeadAttention")),
    counts={"agrees-with-reference": 100, "called-by-name": 8},
)

PROBES: tuple[Probe, ...] = (WEIGHT_SUMS, INFLUENCE)
