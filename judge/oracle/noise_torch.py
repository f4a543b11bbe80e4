"""How sure a reference in torch is of its numbers: it is run with every operation a little off (Monte Carlo arithmetic)."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

# They choose a number and round nothing, and their gradients find the place of it by equality.
SELECTING = {f"aten::{name}" for name in ("amax", "amin", "aminmax", "max", "min", "median", "nanmedian", "mode")}


class Disturbed(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's class is not typed
    """Multiplies what each operation computes by 1 + eps r, 1/2 <= |r| <= 1 (less than half an eps is rounded away); excepted are
    views, operations in place, memory that holds no numbers yet, and what only chooses a number.

    Args:
        eps: relative error of one operation.
        seed: of the disturbance.

    Attributes:
        largest: the largest finite number that any operation produced.
    """

    def __init__(self, eps: float, seed: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._eps = eps
        self._generator = torch.Generator().manual_seed(seed)
        self.largest = 0.0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing is compiled here: torch need not load its compiler, which takes a second, to keep it out."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run one operation and disturb its results."""
        result = func(*args, **(kwargs or {}))
        if "empty" in func._schema.name or any(returned.alias_info is not None for returned in func._schema.returns):
            return result
        if func._schema.name in SELECTING:
            return result
        if func._schema.name in ("aten::_softmax", "aten::_log_softmax"):
            return self._disturb_rows(result, args[0], args[1], log=func._schema.name.endswith("log_softmax"))
        if isinstance(result, torch.Tensor):
            return self._disturb(result)
        if isinstance(result, (tuple, list)):
            return type(result)(self._disturb(r) if isinstance(r, torch.Tensor) else r for r in result)
        return result

    def _disturb_rows(self, result: torch.Tensor, scores: torch.Tensor, axis: int, *, log: bool) -> torch.Tensor:
        """A softmax that is written as exp(s - logsumexp(s)): a whole row is off by eps of its largest score, together."""
        size = torch.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0).abs().amax(axis, keepdim=True)
        self.largest = max(self.largest, float(size.max()) if size.numel() else 0.0)
        error = self._eps * (1 + size) * self._noise(size)
        return self._disturb(result + error if log else result * (1 + error))

    def _disturb(self, result: torch.Tensor) -> torch.Tensor:
        if not result.is_floating_point() or not result.numel():
            return result
        largest = float(torch.linalg.vector_norm(result, math.inf))
        if not math.isfinite(largest):
            largest = float(torch.nan_to_num(result, nan=0.0, posinf=0.0, neginf=0.0).abs().max())
        self.largest = max(self.largest, largest)
        return self._noise(result).mul_(self._eps).add_(1.0).mul_(result)

    def _noise(self, like: torch.Tensor) -> torch.Tensor:
        uniform = torch.rand(like.shape, generator=self._generator, dtype=like.dtype).sub_(0.5)
        return uniform.add_(uniform.sign(), alpha=0.5)
