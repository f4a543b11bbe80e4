"""Cases for convolutions: sizes, stride, padding, dilation and groups that fit each other."""

from __future__ import annotations

import math
from typing import Any

from problems.cases import Case, CaseSpace, cases

SIZES = {
    "B": (1, 2, 3, 4),
    "G": (1, 2, 3, 4),
    "Ci": (1, 2, 3, 5),
    "Co": (1, 2, 3, 5),
    "H": (1, 2, 3, 4, 5, 7, 8, 9, 12),
    "W": (1, 2, 3, 4, 5, 6, 8, 11, 16),
    "Kh": (1, 2, 3, 4),
    "Kw": (1, 2, 3, 4, 5),
}
OPTIONS = {"stride": (1, 2, 3), "padding": (0, 1, 2), "dilation": (1, 2, 3)}

MOST_NUMBERS = 5000
"""In a result: right answers that loop over it are slow."""


def output_length(length: int, kernel: int, *, stride: int, padding: int, dilation: int) -> int:
    """How many places a kernel has along one side; below 1 where it fits nowhere."""
    return (length + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def with_output(case: Case) -> Case:
    """The case with the sizes of the output, and the channels of all groups together."""
    sizes, options = case.sizes, {name: case.options[name] for name in OPTIONS}
    return case.resized(
        C=sizes["G"] * sizes["Ci"],
        O=sizes["G"] * sizes["Co"],
        Ho=output_length(sizes["H"], sizes["Kh"], **options),
        Wo=output_length(sizes["W"], sizes["Kw"], **options),
    )


def fits(case: Case) -> bool:
    """Whether the kernel has a place, some place reads the image and not padding alone, and the result is not too large."""
    reads = all(_reads(case, *letters) for letters in (("H", "Kh", "Ho"), ("W", "Kw", "Wo")))
    return reads and math.prod(case.shape("B O Ho Wo")) <= MOST_NUMBERS


def _reads(case: Case, side: str, kernel: str, places: str) -> bool:
    """Whether a kernel has a place along one side, and reads the image there."""
    stride, padding, dilation = (case.options[name] for name in OPTIONS)
    found = (
        place * stride + step * dilation - padding
        for place in range(case.sizes[places])
        for step in range(case.sizes[kernel])
    )
    return any(0 <= position < case.sizes[side] for position in found)


def convolutions(sizes: dict[str, tuple[int, ...]] | None = None, **more: Any) -> CaseSpace:
    """A space of two-dimensional convolutions.

    Its sizes are B, groups G, channels in and out of each group Ci and Co, the image H and W, the kernel Kh and Kw. C, O, Ho and Wo follow
    from them and from the options `stride`, `padding` and `dilation`; a case that is resized has them from `with_output`.

    Args:
        sizes: lists that take the place of `SIZES`.
        more: what else `problems.cases.cases` takes; `options` come besides those of a convolution.
    """
    options = OPTIONS | more.pop("options", {})
    return cases(SIZES | (sizes or {}), options=options, **more).map(with_output).filter(fits)
