"""Choosing a sandbox by name, or the strongest that works here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from judge.isolation.proven import Isolation, Proven
from problems.frameworks import PYTHON
from sandbox import DockerSandbox, Door, Limits, LinuxSandbox, ProcessSandbox, SandboxRefused, SandboxUnavailable
from sandbox.packages import Equipment


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

    def prepare(self, framework: Equipment) -> None:
        """Begin to start what runs need, without waiting for it."""

    def open(self, framework: Equipment, limits: Limits, torch: Any) -> Door:
        """A fresh run."""

    def spec(self, framework: Equipment) -> dict[str, Any]:
        """What a run must be told of this sandbox."""


def _linux() -> Sandbox:
    return LinuxSandbox()


def _docker() -> Sandbox:
    return DockerSandbox()


def _process() -> Sandbox:
    return ProcessSandbox()


KINDS: dict[str, Callable[[], Sandbox]] = {"linux": _linux, "docker": _docker, "process": _process}  # strongest first
NOT_ISOLATING = frozenset({"process"})
"""Kinds that protect nothing: never taken for other people's code, nor where something stronger has worked here."""


class AutoSandbox:
    """The strongest kind that the system allows here, found by trying when the first run is opened.

    A kind is passed over only where the system refuses it. Where it fails for another reason, nothing weaker is taken in its place; nor is
    anything weaker than what is known to have worked here.

    Args:
        own_code: `process`, which isolates nothing, will do where nothing else is allowed.
        proven: what has worked here.
    """

    def __init__(self, *, own_code: bool = True, proven: Proven | None = None) -> None:
        self._own_code = own_code
        self._proven = proven or Proven()
        self._left = self._kinds()
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

    def prepare(self, framework: Equipment) -> None:
        """Begin to start what runs need."""
        self._current().prepare(framework)

    def open(self, framework: Equipment, limits: Limits, torch: Any) -> Door:
        """A fresh run, in the first kind that is allowed here.

        Raises:
            SandboxRefused: none is.
            SandboxUnavailable: one is, and failed; or it is weaker than what worked here before.
        """
        while True:
            sandbox = self._current()
            try:
                door = sandbox.open(framework, limits, torch)
            except SandboxRefused as error:
                self._pass_over(str(error))
                continue
            found = Isolation(sandbox.kind, sandbox.level)
            best = self._proven.best()
            if best is None or not found.weaker_than(best):
                self._proven.keep(found)
                return door
            door.close()
            self._pass_over(f"{found.kind} has the level {found.level} now{_because(sandbox)}")

    def spec(self, framework: Equipment) -> dict[str, Any]:
        """What a run must be told of the kind that was taken."""
        return self._current().spec(framework)

    def look_again(self) -> None:
        """Begin anew, where nothing isolates what is run and a stronger kind is allowed by now."""
        if self.level == "none" and self._stronger_is_allowed():
            self.__exit__()
            self._left, self._whys = self._kinds(), []

    def _stronger_is_allowed(self) -> bool:
        for name in list(KINDS)[: list(KINDS).index(self.kind)]:
            try:
                with KINDS[name]() as stronger:
                    stronger.open(PYTHON, Limits(), None).close()
            except SandboxRefused:
                continue
            except SandboxUnavailable:
                return True  # that is no refusal: the next run tries it several times, and says what is wrong
            return True
        return False

    def _kinds(self) -> list[str]:
        return [name for name in KINDS if self._own_code or name not in NOT_ISOLATING]

    def _pass_over(self, why: str) -> None:
        self._whys.append(why)
        self.__exit__()

    def _current(self) -> Sandbox:
        while self._chosen is None:
            if not self._left:
                raise self._nothing_left()
            name = self._left[0]
            if name in NOT_ISOLATING and self._proven.best() is not None:
                raise self._nothing_left()
            try:
                self._chosen = KINDS[name]()
            except SandboxRefused as error:
                self._whys.append(str(error))
            self._left.pop(0)  # what fails without being refused stays the next one
        return self._chosen

    def _nothing_left(self) -> SandboxUnavailable:
        self._left = self._kinds()  # whoever asks again tries all of them again
        whys, self._whys = "; ".join(self._whys), []
        if (best := self._proven.best()) is not None:
            return SandboxUnavailable(
                f"The sandbox {best.kind} has worked here at the level {best.level} since this machine was started, and does not "
                f"now ({whys}). Nothing is run with less isolation unless you ask for it: --sandbox linux takes the level that can be had, "
                "--sandbox process runs code that you trust without any. `judge doctor` says what would help."
            )
        return SandboxRefused(
            f"No sandbox that isolates code works here ({whys}). `judge doctor` says what would help; "
            "--sandbox process runs code that you trust."
        )


def _because(sandbox: Sandbox) -> str:
    why = str(getattr(sandbox, "why_not_full", ""))
    return f" ({why})" if why else ""


def open_sandbox(name: str, *, own_code: bool = True) -> Sandbox:
    """The sandbox of this name; "auto" takes the strongest that works here.

    Args:
        name: "auto", "linux", "docker" or "process".
        own_code: the code is the user's own: "auto" may fall back to `process`.

    Raises:
        SandboxUnavailable: it is not to be had. Some kinds say so only when a run is opened.
    """
    return AutoSandbox(own_code=own_code) if name == "auto" else KINDS[name]()


def require(name: str, *, own_code: bool = True) -> None:
    """See that files can be run, before anything is started that would have to end without.

    Args:
        name: as of `open_sandbox`.
        own_code: likewise.

    Raises:
        SandboxUnavailable: they can't; the message says why.
    """
    with open_sandbox(name, own_code=own_code) as sandbox:
        sandbox.open(PYTHON, Limits(), None).close()


def look_again(sandbox: Sandbox) -> None:
    """Before a file is judged: where `auto` found nothing that isolates, see whether that is so still."""
    if isinstance(sandbox, AutoSandbox):
        sandbox.look_again()


def warning(kind: str, level: str) -> str:
    """What a user must know of a sandbox that was chosen for them; "" where it is as strong as can be."""
    if level == "none":
        return f"your file ran in `{kind}`, which does not isolate it: run only code that you trust. `judge doctor` says what would."
    if level == "reduced":
        return "your file ran at the reduced level of isolation, without namespaces. `judge doctor` says what would raise it."
    return ""
