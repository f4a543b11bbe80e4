"""Cases for convolutions: sizes, stride, padding, dilation and groups that fit each other."""

from __future__ import annotations

from typing import Any

from problems.cases import Case, CaseSpace, cases

SIZES = {
    "B": (1, 2, 3, 4),
    "G": (1, 2, 3, 4),
    "Ci": (1, 2, 3, 5),
    "Co": (1, 2, 3, 5),
    "H": (3, 1, 2, 4, 5, 7, 8, 9, 12),
    "W": (3, 1, 2, 4, 5, 6, 8, 11, 16),
    "Kh": (1, 2, 3, 4),
    "Kw": (1, 2, 3, 5),
}
OPTIONS = {"stride": (1, 2, 3), "padding": (0, 1, 2), "dilation": (1, 2, 3)}


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
    """Whether the kernel has a place."""
    return case.sizes["Ho"] > 0 and case.sizes["Wo"] > 0


def convolutions(sizes: dict[str, tuple[int, ...]] | None = None, **more: Any) -> CaseSpace:
    """A space of two-dimensional convolutions.

    Its sizes are B, groups G, channels in and out of each group Ci and Co, the image H and W, the kernel Kh and Kw. C, O, Ho and Wo follow
    from them and from the options `stride`, `padding` and `dilation`.

    Args:
        sizes: lists that take the place of `SIZES`.
        more: what else `problems.cases.cases` takes; `options` come besides those of a convolution.
    """
    options = OPTIONS | more.pop("options", {})
    return cases(SIZES | (sizes or {}), options=options, **more).map(with_output).filter(fits)
