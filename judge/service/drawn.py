"""Whether a check could have drawn a case: a counterexample may come from a file that others wrote, and is tried in the judge itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from problems.cases import DTYPES, HALF, Case


def could_be_drawn(case: Case, drawn: Sequence[Case]) -> bool:
    """Whether everything in a case lies within what the problem's checks have drawn.

    Shrinking makes sizes smaller and takes what stands first in a list. So a case of the problem's own passes, unless it has an option
    that no other case happens to have; then it is not tried again.

    Args:
        case: it.
        drawn: cases of all checks of the problem, of any seed.
    """
    return (
        case.dtype in (*DTYPES, *HALF)
        and case.kind in {each.kind for each in drawn}
        and case.layout in {each.layout for each in drawn}
        and 0 <= case.seed < 2**63
        and _within(case.sizes, [each.sizes for each in drawn])
        and _within(case.options, [each.options for each in drawn])
    )


def _within(found: dict[str, Any], others: Sequence[dict[str, Any]]) -> bool:
    """Whole numbers that are none greater than one of this name elsewhere; all else as it is elsewhere."""
    for name, value in found.items():
        known = [other[name] for other in others if name in other]
        if any(type(value) is type(other) and value == other for other in known):
            continue
        whole = [other for other in known if type(other) is int]
        if type(value) is not int or not whole or not 0 <= value <= max(whole):
            return False
    return True
