"""What is asked of a run: programs, made into a message once for every door that they go through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sandbox.guest.wire import body


class Asking:
    """Programs.

    Args:
        programs: each a list of steps.
        torch: the module where tensors are exchanged, or None for NumPy arrays.
        keep: the handles of the programs before are still there.
    """

    def __init__(self, programs: Sequence[list[dict[str, Any]]], torch: Any, *, keep: bool = False) -> None:
        self.programs = programs
        self._torch = torch
        self._keep = keep

    @cached_property
    def body(self) -> tuple[bytes, bytes]:
        """The message without its head."""
        return body({"programs": list(self.programs), "keep": self._keep}, self._torch, keep_layout=True)

    def half(self, first: int) -> Asking:
        """Every second program, from the first or from the second one on."""
        return Asking(self.programs[first::2], self._torch, keep=self._keep)
