"""Choosing a sandbox by name, or the strongest that works here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from sandbox import DockerSandbox, Door, Limits, LinuxSandbox, ProcessSandbox, SandboxUnavailable


class Sandbox(Protocol):
    """What judging needs of a sandbox; every kind has it."""

    @property
    def kind(self) -> str:
        """Its name."""

    @property
    def level(self) -> str:
        """ "full", "reduced" or "none": what isolates the code from this machine. Certain once a run was opened."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def prepare(self, framework: str) -> None:
        """Begin to start what runs need, without waiting for it."""

    def open(self, framework: str, limits: Limits, torch: Any) -> Door:
        """A fresh run."""

    def spec(self, framework: str) -> dict[str, Any]:
        """What a run must be told of this sandbox."""


def _linux() -> Sandbox:
    return LinuxSandbox()


def _docker() -> Sandbox:
    return DockerSandbox()


def _process() -> Sandbox:
    return ProcessSandbox()


KINDS: dict[str, Callable[[], Sandbox]] = {"linux": _linux, "docker": _docker, "process": _process}  # strongest first


class AutoSandbox:
    """The strongest kind that works here, found by trying when the first run is opened.

    Args:
        own_code: `process`, which isolates nothing, will do where nothing else works.
    """

    def __init__(self, *, own_code: bool = True) -> None:
        self._left = [name for name in KINDS if own_code or name != "process"]
        self._whys: list[str] = []
        self._chosen: Sandbox | None = None

    @property
    def kind(self) -> str:
        """The kind that was taken."""
        return self._chosen.kind if self._chosen else ""

    @property
    def level(self) -> str:
        """Its level."""
        return self._chosen.level if self._chosen else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._chosen is not None:
            self._chosen.__exit__(*exception)
            self._chosen = None

    def prepare(self, framework: str) -> None:
        """Begin to start what runs need."""
        self._current().prepare(framework)

    def open(self, framework: str, limits: Limits, torch: Any) -> Door:
        """A fresh run, in the first kind that can open one.

        Raises:
            SandboxUnavailable: none can.
        """
        while True:
            sandbox = self._current()
            try:
                return sandbox.open(framework, limits, torch)
            except SandboxUnavailable as error:
                self._whys.append(str(error))
                self.__exit__()

    def spec(self, framework: str) -> dict[str, Any]:
        """What a run must be told of the kind that was taken."""
        return self._current().spec(framework)

    def _current(self) -> Sandbox:
        while self._chosen is None:
            if not self._left:
                raise SandboxUnavailable(
                    f"No sandbox that isolates code works here ({'; '.join(self._whys)}). `judge doctor` says what would help; "
                    "--sandbox process runs code that you trust."
                )
            try:
                self._chosen = KINDS[self._left.pop(0)]()
            except SandboxUnavailable as error:
                self._whys.append(str(error))
        return self._chosen


def open_sandbox(name: str, *, own_code: bool = True) -> Sandbox:
    """The sandbox of this name; "auto" takes the strongest that works here.

    Args:
        name: "auto", "linux", "docker" or "process".
        own_code: the code is the user's own: "auto" may fall back to `process`.

    Raises:
        SandboxUnavailable: it is not to be had. Some kinds say so only when a run is opened.
    """
    return AutoSandbox(own_code=own_code) if name == "auto" else KINDS[name]()


def warning(kind: str, level: str) -> str:
    """What a user must know of a sandbox that was chosen for them; "" where it is as strong as can be."""
    if level == "none":
        return f"your file ran in `{kind}`, which does not isolate it: run only code that you trust. `judge doctor` says what would."
    if level == "reduced":
        return "your file ran at the reduced level of isolation, without namespaces. `judge doctor` says what would raise it."
    return ""
