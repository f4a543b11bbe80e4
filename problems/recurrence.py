"""What the recurrent problems share: inputs of many steps, states driven into saturation, a state that is carried on as it is."""

from __future__ import annotations

from typing import Any

from problems.cases import Case, Values, relaid
from problems.late import torch

SIZES = {
    "B": (1, 2, 3, 4, 5),
    "T": (1, 2, 3, 5, 7, 9, 16, 25),
    "I": (1, 2, 3, 4, 6, 8, 16),
    "H": (1, 2, 3, 5, 8, 12),
}
LARGER = ({"T": 70}, {"B": 65}, {"I": 70}, {"H": 40})
LONG = (33, 100, 257, 512)
SHORT: dict[str, Any] = {
    "B": (1, 2),
    "T": (1,),
    "I": (1, 3),
    "H": (1, 3),
    "kinds": ("ordinary",),
    "layouts": ("contiguous",),
}
"""Cases that many steps can be made of, at little cost."""
GROWTH = {"B": 1, "I": 3, "H": 4}


def state_kind(case: Case) -> str:
    """Of the values of a state: of the size that states have."""
    return "ordinary" if case.kind in ("huge", "equal") else case.kind


def weights(values: Values, case: Case, gates: int = 1) -> dict[str, torch.Tensor]:
    """Weights and biases of a cell, with so many gates above one another."""
    i, h = case.sizes["I"], case.sizes["H"]
    return {
        "w_ih": relaid(values.weight(gates * h, i), case.layout),
        "w_hh": relaid(values.weight(gates * h, h), case.layout),
        "b_ih": relaid(values.bias(gates * h), case.layout),
        "b_hh": relaid(values.bias(gates * h), case.layout),
    }


def network(case: Case, values: Values) -> dict[str, Any]:
    """What a simple recurrent network is given."""
    return {
        "x": values.laid_out(*case.shape("B T I")),
        **weights(values, case),
        "h0": values.laid_out(*case.shape("B H"), kind=state_kind(case)),
    }


def saturated(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """Inputs and biases up to 1e4."""
    scale = (1.0, 10.0, 100.0)[case.seed % 3]
    return {**found, "x": found["x"] * scale, "b_ih": found["b_ih"] * scale}


def lasting(case: Case, found: dict[str, Any]) -> dict[str, Any]:
    """A state that is carried on nearly as it is, and small inputs: what was long ago still shows, and errors do not grow."""
    carried = 0.98 * torch.eye(case.sizes["H"], dtype=case.torch_dtype)
    return {
        **found,
        "x": found["x"] * 0.05,
        "w_hh": carried + 0.01 * found["w_hh"],
        "b_ih": found["b_ih"] * 0.01,
        "b_hh": found["b_hh"] * 0.01,
        "h0": found["h0"] * 0.1,
    }
