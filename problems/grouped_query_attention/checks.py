"""What right grouped-query attention does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from problems.asks import Step
from problems.attention import (
    LENGTHS,
    MASKS,
    PARAMETERS,
    WEIGHT_SUMS,
    WIDTHS,
    every_mask_check,
    first_head_check,
    hidden_check,
    layer,
    make_mask,
    mask_check,
    weights,
)
from problems.cases import Case, Values, cases
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.probes import INFLUENCE, Probe
from problems.properties import agrees, bad_layer_check, standard_checks

# The widths that weights have come first: counterexamples shrink in this order, and weights are what is large in them.
SIZES = {"Hkv": (1, 2, 3, 4, 8), "G": (1, 2, 3, 4), "Dh": WIDTHS, "B": (1, 2, 3, 4, 5), "T": LENGTHS}
LAYER = layer("GroupedQueryAttention", num_kv_heads="Hkv")
INDIVISIBLE = ((5, 2, 1), (6, 4, 2), (7, 3, 3), (2, 4, 2), (8, 4, 3), (6, 3, 2), (4, 2, 4), (6, 1, 2), (12, 6, 4))


def query_heads(sizes: dict[str, int]) -> int:
    """H = Hkv * G."""
    return sizes["Hkv"] * sizes["G"]


def model_width(sizes: dict[str, int]) -> int:
    """D = H * Dh."""
    return query_heads(sizes) * sizes["Dh"]


def inputs(case: Case) -> dict[str, Any]:
    """x and mask. Scores of 1e4, which a hidden key must be below, are those of `hidden_check`, which knows how they come about."""
    return {"x": Values(case, huge=20).laid_out(*case.shape("B T D")), "mask": make_mask(case, "B H T T")}


GROUPED = Subject(
    draw=cases(SIZES, options={"mask": MASKS}, derived={"H": query_heads, "D": model_width}),
    inputs=inputs,
    target="m",
    result=Layout("result", "B T D"),
    layer=LAYER,
    parameters=PARAMETERS,
    rows=("x",),
    defaults={"mask": None},
)
SHARING = GROUPED.on(Hkv=(2, 3, 8), G=(2, 3, 4), layouts=("contiguous",))
MASKED = GROUPED.on(B=(2, 3), T=(2, 3), Hkv=(1, 2), G=(1, 2, 3))  # heads can be taken for rows


def ask_repeated(case: Case) -> Iterator[Step]:
    """The layer, and multi-head attention whose heads of keys and values are copies of those that are shared."""
    state, sizes = weights(case), case.sizes
    for name in (f"{name}.{part}" for name in ("k_proj", "v_proj") for part in ("weight", "bias")):
        heads = torch.unflatten(state[name], 0, (sizes["Hkv"], sizes["Dh"]))
        state[name] = heads.repeat_interleave(sizes["G"], dim=0).flatten(0, 1)
    yield from GROUPED.program(case)
    yield from LAYER.setup(case.resized(Hkv=sizes["H"]), state, into="n")
    yield GROUPED.call(case, target="n", note="with a key-value head for every head")


CHECKS: tuple[Check, ...] = standard_checks(
    GROUPED,
    first_head_check(
        SHARING,
        ("k_proj", "v_proj"),
        "neighbouring-query-heads-share",
        "Query head h attends to the keys and values of key-value head h // G, and of no other.",
        note="with other weights for key-value head 0",
        cases=25,
    ),
    agrees(
        "sharing-is-repeating",
        "The result is that of multi-head attention whose heads of keys and values are repeated.",
        SHARING,
        ask_repeated,
        cases=12,
    ),
    agrees(
        "multi-head-and-multi-query",
        "With as many key-value heads as heads, and with one, it is multi-head and multi-query attention.",
        GROUPED.on(Hkv=(1, 4, 8), G=(1, 4)),
        cases=12,
    ),
    every_mask_check(MASKED.on(T=(2, 3, 9)), "T"),
    hidden_check(
        GROUPED.on(T=(2, 3, 5, 9), mask=("2d", "full", "rows alike", "padding")),
        "position",
        looking=("x",),
        hidden=("x",),
    ),
    mask_check(MASKED),
    larger=({"T": 100}, {"B": 65}, {"Hkv": 8, "G": 2}, {"G": 8}, {"Dh": 33}, {"T": 40, "G": 4}),
    raises=bad_layer_check(
        LAYER, INDIVISIBLE, sentence="A width or a number of heads that can't be divided raises ValueError."
    ),
    counts={"called-by-name": 8, "gradients": 60},
)

PROBES: tuple[Probe, ...] = (WEIGHT_SUMS, INFLUENCE)
