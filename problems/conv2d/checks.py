"""What a right convolution does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from problems.cases import Case, Values, relaid
from problems.checks import Check, Subject
from problems.comparison import Layout
from problems.convolution import OPTIONS, convolutions
from problems.properties import Given, agrees, bad_arguments_check, in_turn_check, names_check, standard_checks


def inputs(case: Case) -> dict[str, Any]:
    """All seven arguments."""
    values, sizes = Values(case), case.sizes
    kernel = case.shape("Ci Kh Kw")
    weight = values.weight(sizes["O"], sizes["Ci"] * sizes["Kh"] * sizes["Kw"])
    return {
        "x": values.laid_out(*case.shape("B C H W")),
        "weight": relaid(weight.reshape(-1, *kernel), case.layout),
        "bias": relaid(values.bias(sizes["O"]), case.layout) if case.options["bias"] else None,
        **{name: case.options[name] for name in OPTIONS},
        "groups": sizes["G"],
    }


CONV = Subject(
    draw=convolutions(options={"bias": (True, False)}),
    inputs=inputs,
    target="conv2d",
    result=Layout("result", "B O Ho Wo"),
    rows=("x",),
    defaults={"bias": None, "stride": 1, "padding": 0, "dilation": 1, "groups": 1},
)
PLAIN = CONV.on(kinds=("ordinary",), layouts=("contiguous",))
# Whatever is left out, the kernel fits.
ROOMY = CONV.on(B=(1, 2), Co=(1, 2, 3), H=(9, 10, 12), W=(9, 11, 16), Kh=(1, 2, 3), Kw=(1, 2, 3))
LARGER = ({"H": 50}, {"W": 64}, {"B": 65}, {"Ci": 64}, {"Co": 64}, {"G": 33}, {"H": 24, "Kh": 11}, {"W": 24, "Kw": 9})
KERNELS = (
    {"B": 4, "Ci": 4, "Co": 4, "H": 8, "W": 8, "Kh": 4, "Kw": 4},
    {"H": 9, "W": 9, "Ci": 5, "Co": 5, "Kh": 4, "Kw": 5},
    {"H": 12, "W": 12, "Kh": 8, "Kw": 8},
    {"H": 9, "W": 9, "Kh": 5, "Kw": 9, "B": 9},
)
IMAGE = dict.fromkeys(("B", "G", "Ci", "Co", "stride", "dilation"), 1) | {"H": 64, "W": 64, "Kh": 11, "padding": 0}
LIMITS = [IMAGE | each for each in ({}, {"padding": 10, "stride": 10}, {"padding": 10, "dilation": 10, "Kh": 7})]


def other_options(case: Case) -> Iterator[Given]:
    """One option after the other takes another value; padding and dilation together keep the size for a kernel of 3."""
    given = inputs(case)
    for name in ("stride", "padding", "dilation"):
        yield {name: given[name] + 1}
    yield {"padding": given["padding"] + 1, "dilation": given["dilation"] + 1}
    yield {"bias": None}


def bad_arguments(case: Case) -> Iterator[Given]:
    """Options out of their range, channels that don't go with the weights, a bias of another length, kernels that are too large."""
    x, weight, groups = inputs(case)["x"], inputs(case)["weight"], case.sizes["G"]
    for name, least in (("stride", 1), ("padding", 0), ("dilation", 1), ("groups", 1)):
        yield from ({name: least - 1}, {name: least - 2})
    yield from ({"groups": 2 * groups}, {"groups": 1})
    for name, part, more in (("x", x, x[:, :1]), ("x", x, x), ("weight", weight, weight[:, :1])):
        yield {name: torch.cat([part, more], dim=1)}
    yield from ({"weight": each, "bias": None} for each in (torch.cat([weight, weight[:1]]), weight[:1]))
    yield from ({"bias": x.new_ones(1)}, {"bias": x.new_ones(len(weight) + 1)})
    height, width = (size + 2 * case.options["padding"] for size in case.shape("H W"))
    for size in ((height + 1, 1), (1, width + 1), (height + 3, width + 3)):
        yield {"weight": weight[..., :1, :1].expand(-1, -1, *size).clone(), "dilation": 1}
    for size, dilation in (((2, 1), height), ((1, 2), width)):
        yield {"weight": weight[..., :1, :1].expand(-1, -1, *size).clone(), "dilation": dilation}


CHECKS: tuple[Check, ...] = standard_checks(
    CONV,
    agrees(
        "groups-are-blocks",
        "Each kernel reads the channels of its own group, and groups are blocks of neighbours.",
        PLAIN.on(G=(2, 3, 4), Ci=(2, 3), Co=(2, 3)),
    ),
    agrees(
        "far-apart",
        "Strides, paddings and dilations may be larger than the kernel.",
        PLAIN.on(stride=(1, 4, 7), padding=(0, 4, 8), dilation=(1, 4, 6), B=(1, 2), H=(5, 9, 16, 24), W=(5, 8, 17, 24)),
    ),
    in_turn_check(
        ROOMY.on(H=(12, 14), W=(12, 16)),
        "options-hold-for-their-call",
        "stride, padding, dilation and bias hold for the call they are passed to, and for no other.",
        other_options,
    ),
    larger=(*LARGER, *KERNELS),
    bounded="Kh Kw",
    limits=LIMITS,
    raises=bad_arguments_check(
        PLAIN.on(G=(2, 3), stride=(2, 3)),
        bad_arguments,
        sentence="Options out of range, channels that don't fit, and a kernel larger than the padded image raise ValueError.",
    ),
    others={"called-by-name": names_check(ROOMY.on(G=(1,)))},
)
