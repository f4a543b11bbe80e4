"""Choosing a sandbox by name."""

from __future__ import annotations

from typing import Any, Protocol, Self

from sandbox import Door, Limits, ProcessSandbox, SandboxUnavailable


class Sandbox(Protocol):
    """What judging needs of a sandbox; every kind has it."""

    kind: str
    level: str

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def prepare(self, framework: str) -> None:
        """Begin to start what runs need, without waiting for it."""

    def open(self, framework: str, limits: Limits, torch: Any) -> Door:
        """A fresh run."""

    def spec(self, framework: str) -> dict[str, Any]:
        """What a run must be told of this sandbox."""


def open_sandbox(name: str) -> Sandbox:
    """The sandbox of this name; "auto" takes the strongest that works here.

    Raises:
        SandboxUnavailable: it is not to be had.
    """
    if name in ("auto", "process"):
        return ProcessSandbox()
    raise SandboxUnavailable(
        f"The sandbox `{name}` is not part of this version. Use --sandbox process for code that you trust."
    )
