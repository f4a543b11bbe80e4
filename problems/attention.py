"""What the attention problems share: projections, and the words of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import torch

from problems.asks import Assign, Call, Construct, Differentiate, Program
from problems.cases import Case, Values, cases
from problems.checks import Check
from problems.comparison import leaves
from problems.probes import Probe, Told, with_weights
from problems.properties import raises_check

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj")
PARAMETERS = tuple(f"{name}.{part}" for name in PROJECTIONS for part in ("weight", "bias"))
INDIVISIBLE = ((5, 2), (6, 4), (7, 3), (2, 4), (1, 2), (9, 6), (10, 3))
"""Widths, and heads that can't share them."""


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
        return [Construct(target=target, args=pair, into="bad", may_raise=True) for pair in INDIVISIBLE]

    return raises_check(
        lambda: cases({"B": (1,)}),
        ask,
        sentence="d_model that is not a multiple of num_heads raises ValueError.",
        cases=1,
    )


def _ask_weight_sums(program: Program, names: Sequence[str]) -> list[Program]:
    """The same call where all values are 1, and 2, by their bias; and 1 by the weight and the `value` that is passed in."""
    programs = [_with_values(program, size) for size in (1.0, 2.0)]
    if "value" in names:
        programs.append(_with_values(program, 1.0, place=list(names).index("value")))
    return programs


def _with_values(program: Program, size: float, *, place: int | None = None) -> Program:
    """All values are `size`, and o_proj passes on what it gets: what comes back are sums of weights, times `size`."""

    def passed_on(state: Mapping[str, Any]) -> dict[str, Any]:
        if "v_proj.weight" not in state:
            return dict(state)
        weight, bias = state["v_proj.weight"], state["v_proj.bias"]
        by_weight = place is not None
        return {
            **state,
            "v_proj.weight": torch.full_like(weight, size / weight.shape[1] if by_weight else 0.0),
            "v_proj.bias": torch.full_like(bias, 0.0 if by_weight else size),
            "o_proj.weight": torch.eye(len(state["o_proj.bias"]), dtype=bias.dtype),
            "o_proj.bias": torch.zeros_like(state["o_proj.bias"]),
        }

    last = program[-1]
    assert isinstance(last, (Call, Differentiate))
    args: list[Any] = [(arg[0], torch.full_like(arg[1], size)) if _is_cache(arg) else arg for arg in last.args]
    if place is not None and place < len(args):
        args[place] = torch.ones_like(args[place])
    return with_weights([*program[:-1], msgspec.structs.replace(last, args=tuple(args))], passed_on)


def _is_cache(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], torch.Tensor)


def _tell_weight_sums(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """The first query whose weights do not sum to 1. Nothing where something else than the weights may be wrong."""
    once, twice, *other = [told.result(mine) for mine, _ in told.after]
    right = told.result(told.after[0][1])
    if told.leaf or once is None or twice is None or right is None or once.dim() != 3:
        return ()
    if bool((right - 1).abs().max() > NEAR) or not bool(torch.isfinite(once).all()):
        return ()
    proportional = bool(((twice - 2 * once).abs() < NEAR).all())
    if not proportional or any(same is None or not bool(((same - once).abs() < NEAR).all()) for same in other):
        return ()
    for mine, exact in zip(leaves(told.after[0][0].value)[1:], leaves(told.after[0][1].value)[1:], strict=True):
        if mine.shape != exact.shape or not bool(((mine.double() - exact).abs() < NEAR * (1 + exact.abs())).all()):
            return ()  # the keys or values that are kept are wrong themselves
    off = (once - 1).abs() > 10 * NEAR
    if not bool((off & (once != 0)).any()):
        return ()
    row, query, feature = (int(place) for place in (off & (once != 0)).nonzero()[0])
    where = f" in row {row} of the batch" if once.shape[0] > 1 else ""
    number = float(once[row, query, feature])
    return (
        f"the weights of query {query}{where} sum to {number:.4g}: where every value is 1, that is what comes back",
    )


NEAR = 1e-4
WEIGHT_SUMS = Probe(_ask_weight_sums, _tell_weight_sums)
"""What the weights of a query sum to."""
