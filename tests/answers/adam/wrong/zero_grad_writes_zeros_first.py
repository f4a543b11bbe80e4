"""zero_grad() zeroes the gradients in place before it lets go of them: whoever holds one sees zeros.

Verdict: wrong_answer
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


class AdamW:
    """Updates parameters from their gradients.

    Args:
        params: tensors, or dicts with "params" and options of their own in place of those below.
        lr: learning rate.
        betas: decay rates of the two means.
        eps: added to the root.
        weight_decay: λ.

    Raises:
        ValueError: lr, eps or weight_decay is negative, or a beta is outside [0, 1).
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        given = [each if isinstance(each, dict) else {"params": [each]} for each in params]
        self.groups = [{**defaults, **group, "params": list(group["params"])} for group in given]
        self.state: dict[Tensor, tuple[int, Tensor, Tensor]] = {}
        for group in self.groups:
            for name in ("lr", "eps", "weight_decay"):
                if group[name] < 0:
                    raise ValueError(f"{name} must not be negative, and is {group[name]}")
            if not all(0 <= beta < 1 for beta in group["betas"]):
                raise ValueError(f"betas must be in [0, 1), not {group['betas']}")

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for group in self.groups:
            for param in group["params"]:
                if param.grad is not None:
                    self.update(param, param.grad, group)

    def update(self, param: Tensor, g: Tensor, group: dict[str, Any]) -> None:
        """One step of one parameter, whose gradient is g."""
        beta1, beta2 = group["betas"]
        zero = torch.zeros_like(param)
        steps, m_before, v_before = self.state.get(param, (0, zero, zero))
        t = steps + 1
        m: Tensor = beta1 * m_before + (1 - beta1) * g
        v: Tensor = beta2 * v_before + (1 - beta2) * g * g
        self.state[param] = (t, m, v)
        m_hat: Tensor = m / (1 - beta1**t)
        v_hat: Tensor = v / (1 - beta2**t)
        change: Tensor = m_hat / (v_hat.sqrt() + group["eps"]) + group["weight_decay"] * param
        param -= group["lr"] * change

    def zero_grad(self) -> None:
        """Take every parameter's gradient away."""
        for group in self.groups:
            for param in group["params"]:
                if param.grad is not None:
                    param.grad.zero_()
                param.grad = None
