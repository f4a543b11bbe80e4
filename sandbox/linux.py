"""The `linux` sandbox: namespaces, a root of its own, Landlock and seccomp, with nothing to install and no rights beyond a user's.

What the walls are, and how they are entered, is `sandbox.guest.walls`: the template enters them by itself and reports which hold.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from sandbox.errors import SandboxRefused, SandboxUnavailable
from sandbox.packages import Equipment, libraries
from sandbox.warm import WarmSandbox, launch, options

LEVELS = ("full", "reduced")
NOBODY = 65534  # runs of a judge that is root: the kernel's overflow user, to whom nothing belongs


class LinuxSandbox(WarmSandbox):
    """Starts runs behind walls.

    Args:
        levels: those that are acceptable, best first.

    Raises:
        SandboxRefused: this is no Linux. Whether the walls hold on this one is known when a run is opened.
    """

    def __init__(self, levels: Sequence[str] = LEVELS) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxRefused(f"the linux sandbox needs Linux; this is {sys.platform}")
        super().__init__("linux", _plan(levels))

    def __enter__(self) -> LinuxSandbox:
        return self

    @property
    def level(self) -> str:
        """ "full" or "reduced", the lowest of those that runs were opened at; else the best there could be."""
        return max((t.level for t in self._templates.values() if t.level), key=LEVELS.index, default=LEVELS[0])

    @property
    def why_not_full(self) -> str:
        """Why the level is not full; "" where it is or nothing has run."""
        return next((t.why for t in self._templates.values() if t.level == "reduced"), "")


def _plan(levels: Sequence[str]) -> dict[str, Any]:
    """What `sandbox.guest.walls.enter` is told, beside what is readable."""
    root = os.geteuid() == 0
    return {
        "levels": list(levels),
        "uid": NOBODY if root else os.geteuid(),
        "gid": NOBODY if root else os.getegid(),
    }


class Layer(msgspec.Struct, frozen=True):
    """One layer of the walls, tried on this machine: its name, and why it can't be had, "" where it can."""

    name: str
    why: str


def tried_layers(framework: Equipment) -> list[Layer]:
    """Every layer, each tried in a process of its own.

    Args:
        framework: whose packages are to be readable.

    Raises:
        SandboxRefused: this is no Linux.
        SandboxUnavailable: the interpreter does not start.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxRefused(f"the linux sandbox needs Linux; this is {sys.platform}")
    told = options(framework) | {"walls": _plan(LEVELS) | {"readable": list(libraries(framework).readable)}}
    process = launch("linux", "probe", told, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    said, failure = process.communicate()
    if process.returncode != 0:
        raise SandboxUnavailable(f"the layers can't be tried: {failure.decode(errors='replace').strip()[-500:]}")
    return msgspec.json.decode(said, type=list[Layer])
