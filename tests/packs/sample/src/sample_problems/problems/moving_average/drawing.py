"""Cases, in a file of their own: checks.py imports what lies beside it."""

from __future__ import annotations

from typing import Any

from problems.cases import Case, Values, cases


def draw() -> Any:
    """Windows from one number to the whole row."""
    return cases(
        {"B": (1, 2, 3), "W": (1, 2, 3, 5), "N": (1, 2, 4)}, derived={"T": lambda sizes: sizes["W"] + sizes["N"] - 1}
    )


def inputs(case: Case) -> dict[str, Any]:
    """A row of numbers and the width."""
    return {"x": Values(case).laid_out(case.sizes["B"], case.sizes["T"]), "width": case.sizes["W"]}
