"""What the attention problems share: projections, and the words of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import torch

from problems.asks import Assign, Call, Construct, Differentiate, Program
from problems.cases import Case, Values, cases
from problems.checks import Check
from problems.probes import Probe, Told, with_weights
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


def _passed_on(state: Mapping[str, Any]) -> dict[str, Any]:
    """Weights with which every value is 1 and the heads' results come out as they are: what comes back are sums of weights."""
    changed = dict(state)
    if "v_proj.weight" in state:
        changed["v_proj.weight"] = torch.zeros_like(state["v_proj.weight"])
        changed["v_proj.bias"] = torch.ones_like(state["v_proj.bias"])
        changed["o_proj.weight"] = torch.eye(len(state["o_proj.bias"]), dtype=state["o_proj.bias"].dtype)
        changed["o_proj.bias"] = torch.zeros_like(state["o_proj.bias"])
    return changed


def _ask_weight_sums(program: Program, names: Sequence[str]) -> list[Program]:
    """The same call where all values are 1, those in a cache included."""
    last = program[-1]
    assert isinstance(last, (Call, Differentiate))
    args = tuple((arg[0], torch.ones_like(arg[1])) if _is_cache(arg) else arg for arg in last.args)
    return [with_weights([*program[:-1], msgspec.structs.replace(last, args=args)], _passed_on)]


def _is_cache(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], torch.Tensor)


def _tell_weight_sums(told: Told, names: Sequence[str]) -> tuple[str, ...]:
    """The first query whose weights do not sum to 1; where there is a mistake in the shapes, nothing."""
    mine, right = (told.result(answer) for answer in told.after[0])
    if told.leaf or mine is None or right is None or bool((right - 1).abs().max() > 1e-6) or mine.dim() != 3:
        return ()
    off = (mine - 1).abs() > 1e-3
    if not bool(off.any()) or not bool(torch.isfinite(mine).all()):
        return ()
    row, query, feature = (int(place) for place in off.nonzero()[0])
    number = float(mine[row, query, feature])
    where = f" in row {row} of the batch" if mine.shape[0] > 1 else ""
    return (
        f"the weights of query {query}{where} sum to {number:.4g}: where every value is 1, that is what comes back",
    )


WEIGHT_SUMS = Probe(_ask_weight_sums, _tell_weight_sums)
"""What the weights of a query sum to."""
