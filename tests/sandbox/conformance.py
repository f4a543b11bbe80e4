"""Every kind of sandbox, how a run is asked in one line, and what must be true after any run.

A new kind is one more entry in `KINDS`; `test_conformance*.py` then put it through everything.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from problems.frameworks import NUMPY, Framework, framework_named
from sandbox import (
    DockerSandbox,
    Door,
    End,
    EndKind,
    Limits,
    LinuxSandbox,
    Loaded,
    ProcessSandbox,
    Reply,
    SandboxUnavailable,
)
from sandbox.engine import OURS

ASKED = "JUDGE_TEST_DOCKER"  # set by tests/engine.py, which sees to an engine and an image

HONEST = "def f(x):\n    return x * 2\n"
QUICK = Limits(call_seconds=10.0, run_seconds=20.0, memory_bytes=512 << 20, output_bytes=1 << 16)


@dataclasses.dataclass(frozen=True)
class Kind:
    """One way to run code, and what it promises.

    Attributes:
        name: of the kind and its mode.
        make: a fresh sandbox, not opened yet.
        warm: runs are forks of a template, which must outlive them.
        limits_memory: the system refuses memory beyond the limit; else it is watched, and the run ended.
        walls: holds code that goes around Python (raw system calls, memory of its own process); without them only what goes
            through Python's own functions is refused, by an audit hook.
        attacked: the filed attacks are tried against it.
    """

    name: str
    make: Callable[[], Any]
    warm: bool
    limits_memory: bool
    walls: bool
    attacked: bool = True


ON_LINUX = sys.platform.startswith("linux")

KINDS = (
    Kind("linux", LinuxSandbox, warm=True, limits_memory=True, walls=True),
    Kind("docker", DockerSandbox, warm=False, limits_memory=True, walls=True),
    Kind("process-forked", lambda: ProcessSandbox(fork=True), warm=True, limits_memory=True, walls=False),
    Kind(
        "process-fresh", lambda: ProcessSandbox(fork=False), False, limits_memory=ON_LINUX, walls=False, attacked=False
    ),
)


@cache
def why_not(kind: Kind) -> str:
    """Why a kind can't be tried on this machine, "" where it can."""
    if kind.name == "docker" and not os.environ.get(ASKED):
        return "it is tried where an engine is started for it: `make docker-test`"
    if kind.warm and not hasattr(os, "fork"):
        return "this system can't fork"
    try:
        with kind.make() as sandbox, sandbox.open(NUMPY, QUICK, None):
            return ""
    except SandboxUnavailable as error:
        return str(error)


@dataclasses.dataclass(frozen=True)
class Entry:
    """An entry point that the file must define."""

    name: str = "f"
    kind: str = "function"
    parameters: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Run:
    """What one run came to."""

    loaded: Loaded
    replies: list[list[Reply]]
    end: End | None
    output: str
    seconds: float

    @property
    def value(self) -> Any:
        """The result of the last step of the last program."""
        return self.replies[-1][-1].fields["value"]

    @property
    def raised(self) -> Any:
        """The exception of the last step, or of loading; None where there was none."""
        return self.loaded.raised if self.loaded.raised else self.replies[-1][-1].raised if self.replies[-1] else None

    @property
    def ended(self) -> EndKind | None:
        """How it ended early, or None."""
        return self.end.kind if self.end else None


def call(target: str = "f", *args: Any, **fields: Any) -> dict[str, Any]:
    """A step that calls."""
    step = {"do": "call", "target": target, "args": args, "kwargs": {}, "into": "", "seed": 0}
    return step | {"echo": False, "times": 1, "answer": True, "may_raise": False} | fields


def construct(target: str, *args: Any, **fields: Any) -> dict[str, Any]:
    """A step that makes an object."""
    step = {"do": "construct", "target": target, "args": args, "kwargs": {}, "into": "m", "dtype": "float32"}
    return step | {"seed": 0, "may_raise": False} | fields


class Room:
    """An open sandbox."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.sandbox = kind.make()

    def close(self) -> None:
        """Close it."""
        self.sandbox.close()

    def settle(self) -> None:
        """Wait until what is done in the background is done."""
        if isinstance(self.sandbox, DockerSandbox):
            self.sandbox.settle()

    def containers(self) -> list[str]:
        """The states of this sandbox's containers, as the engine tells them."""
        if not isinstance(self.sandbox, DockerSandbox):
            return []
        mine = (each for each in self.sandbox.engine.containers() if each["Labels"][OURS] == self.sandbox.owner.name)
        return sorted(each["State"] for each in mine)

    def descriptors(self) -> Any:
        """The open descriptors of this process; connections to an engine come and go, and only the pipes are counted then."""
        if not isinstance(self.sandbox, DockerSandbox):
            return descriptors()
        return sum(link.startswith("pipe:") for link in descriptors().values())

    def door(self, framework: str = "numpy", limits: Limits = QUICK) -> Door:
        """A fresh run, nothing loaded."""
        return self.sandbox.open(named(framework), limits, torch if framework == "torch" else None)

    def spec(
        self, source: str, framework: str = "numpy", entry: Sequence[Entry] = (), **forbidden: Any
    ) -> dict[str, Any]:
        """What loading is told."""
        spec = {"source": source, "filename": "attack.py", "seed": 0, "entry": [_entry(each) for each in entry]}
        spec |= {f"forbidden_{what}": list(forbidden.get(what, ())) for what in ("names", "operators", "packages")}
        return spec | self.sandbox.spec(named(framework))

    def run(
        self,
        source: str,
        *programs: list[dict[str, Any]],
        framework: str = "numpy",
        limits: Limits = QUICK,
        entry: Sequence[Entry] = (),
        **forbidden: Any,
    ) -> Run:
        """Load a file and carry out programs: by default one that calls `f()`, where the file has one; `[]` is none."""
        asked = [program for program in programs if program]
        if not programs and "def f(" in source:
            asked = [[call()]]
        with self.door(framework, limits) as door:
            begun = time.monotonic()
            loaded = door.load(self.spec(source, framework, entry, **forbidden))
            failed = loaded.end is not None or loaded.raised is not None
            replies: list[list[Reply]] = [[]] if failed else door.ask(asked)
            seconds = time.monotonic() - begun
        return Run(loaded, replies, door.end, door.output(), seconds)

    def pid(self, framework: str) -> int | None:
        """The template's process id, where the kind has one."""
        template = getattr(self.sandbox, "_templates", {}).get(named(framework))
        return template.pid if template is not None and template.alive else None


def named(name: str) -> Framework:
    """A framework of this project."""
    found = framework_named(name)
    assert found is not None
    return found


def _entry(entry: Entry) -> dict[str, Any]:
    parameters = [{"name": name, "required": True} for name in entry.parameters]
    return {
        "name": entry.name,
        "kind": entry.kind,
        "parameters": parameters,
        "methods": {name: [] for name in entry.methods},
    }


def descendants() -> set[int]:
    """Every process below this one, zombies left out."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = place.read_text().rsplit(")", 1)[1].split()[:2]
        except (OSError, IndexError):
            continue  # it ended meanwhile
        if state not in "ZX":
            parents[int(place.parent.name)] = int(parent)
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def descriptors() -> dict[str, str]:
    """The open descriptors of this process and what they lead to."""
    found = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            found[name] = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue  # the descriptor of this very listing
    return found


def shared_memory() -> set[str]:
    """Files in shared memory, but for the semaphores of other people's processes."""
    names = os.listdir("/dev/shm") if os.path.isdir("/dev/shm") else []
    return {name for name in names if not name.startswith("sem.")}


def honest(room: Room, framework: str) -> bool:
    """Whether a right answer comes back from a fresh run."""
    if framework == "python":
        run = room.run(HONEST, [call("f", [3, "a"])], framework=framework)
        return run.end is None and run.output == "" and run.value == [3, "a", 3, "a"]
    array = np.arange(3, dtype=np.float32)
    x = torch.from_numpy(array) if framework == "torch" else array
    run = room.run(HONEST, [call("f", x)], framework=framework)
    return run.end is None and run.output == "" and np.array_equal(np.asarray(run.value), array * 2)
