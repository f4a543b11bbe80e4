"""Whether a check could have drawn a case: a counterexample may come from a file that others wrote, and is tried in the judge itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from problems.cases import Case


def could_be_drawn(case: Case, drawn: Sequence[Case]) -> bool:
    """Whether everything in a case lies within what others of the same check show.

    Shrinking makes sizes smaller and takes what stands first in a list. So a case that a check has drawn passes; at worst, one whose option
    no other case has does not, and is not tried again.

    Args:
        case: it.
        drawn: the check's cases, of any seed.
    """
    return bool(drawn) and (
        _within(case.sizes, [each.sizes for each in drawn])
        and _within(case.options, [each.options for each in drawn])
        and case.dtype in {each.dtype for each in drawn}
        and case.kind in {each.kind for each in drawn}
        and case.layout in {each.layout for each in drawn}
        and 0 <= case.seed < 2**63
    )


def _within(found: dict[str, Any], others: Sequence[dict[str, Any]]) -> bool:
    """The same names; whole numbers that are none greater, all else as one of the others has it."""
    if not any(found.keys() == other.keys() for other in others):
        return False
    for name, value in found.items():
        known = [other[name] for other in others if name in other]
        if any(type(value) is type(other) and value == other for other in known):
            continue
        whole = [other for other in known if type(other) is int]
        if type(value) is not int or not whole or not 0 <= value <= max(whole):
            return False
    return True
