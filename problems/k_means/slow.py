"""Points on a line that change their centre one at a time, for hundreds of steps."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch

from problems.cases import Case
from problems.k_means.points import FIT

MOVES = 330
HEAVY = 20  # equal points at the right end, which hold the second centre there
END = 1024.0
ROUNDS = 90  # until where the points stand and where the second centre stands fit each other


@cache
def line() -> list[float]:
    """One point at 0, whose centre takes the next one at each step: it stands halfway between the old border and the new."""
    places = END - END * np.arange(1, MOVES + 2) ** -0.5
    for _ in range(ROUNDS):
        to_come = np.append(np.cumsum(places[:0:-1])[::-1], 0.0)
        right = (to_come + HEAVY * END) / np.arange(MOVES + HEAVY, HEAVY - 1, -1)
        found, before = [0.0], 0.0
        for step in range(MOVES):
            border = (sum(found) / len(found) + right[step]) / 2
            found.append((before + border) / 2)
            before = border
        places = np.array(found)
    return [*((places * 2**16).round() / 2**16).tolist(), *[END] * HEAVY]


def slow(case: Case, given: dict[str, Any]) -> dict[str, Any]:
    """These points, with a centre at each end."""
    x, centres = (torch.tensor(each, dtype=case.torch_dtype)[:, None] for each in (line(), [0.0, END]))
    return {**given, "x": x, "centres": centres}


SLOW = FIT.on(
    N=(1 + MOVES + HEAVY,),
    K=(2,),
    D=(1,),
    kinds=("ordinary",),
    dtypes=("float64",),
    layouts=("contiguous",),
    centres=("own",),
    steps=(400,),
).given(slow)
