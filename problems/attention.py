"""What the attention problems share: projections, and the words of their parameters."""

from __future__ import annotations

from typing import Any

import torch

from problems.asks import Assign, Construct, Program
from problems.cases import Case, Values, cases
from problems.checks import Check
from problems.properties import raises_check

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj")
PARAMETERS = tuple(f"{name}.{part}" for name in PROJECTIONS for part in ("weight", "bias"))


def model_width(sizes: dict[str, int]) -> int:
    """D = H * Dh."""
    return sizes["H"] * sizes["Dh"]


def weights(case: Case, *, salt: int = 11) -> dict[str, torch.Tensor]:
    """Weights and biases of the four projections."""
    values, width = Values(case, salt=salt), case.sizes["D"]
    state: dict[str, torch.Tensor] = {}
    for name in PROJECTIONS:
        state[f"{name}.weight"] = values.weight(width, width)
        state[f"{name}.bias"] = values.bias(width)
    return state


def module(case: Case, target: str, state: dict[str, Any] | None = None, *, into: str = "m") -> Program:
    """Make the layer and load its weights."""
    chosen = weights(case) if state is None else state
    made = Construct(
        target=target, args=(case.sizes["D"], case.sizes["H"]), into=into, dtype=case.dtype, seed=case.seed
    )
    return [made, Assign(module=into, state=chosen)]


def indivisible_check(target: str) -> Check:
    """A width that can't be divided among the heads raises ValueError."""

    def ask(case: Case) -> Program:
        pairs = ((5, 2), (6, 4), (7, 3), (2, 4), (1, 2), (9, 6), (10, 3))
        return [Construct(target=target, args=pair, into="bad", may_raise=True) for pair in pairs]

    return raises_check(
        lambda: cases({"B": (1,)}),
        ask,
        sentence="d_model that is not a multiple of num_heads raises ValueError.",
        cases=1,
    )
