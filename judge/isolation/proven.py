"""The strongest isolation that has worked here since the machine was started: nothing weaker is to follow by accident."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from sandbox.errors import SandboxUnavailable
from sandbox.own_folder import own_folder

STRENGTH = ("none", "reduced", "full")  # levels, weakest first
NAMESPACES = ("user", "pid", "mnt")  # a container has others than its host
MACHINE = Path("/etc/machine-id")
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Isolation(msgspec.Struct, frozen=True):
    """A kind of sandbox, and the level it had."""

    kind: str
    level: str

    def weaker_than(self, other: Isolation) -> bool:
        """Whether it isolates less."""
        return STRENGTH.index(self.level) < STRENGTH.index(other.level)


class Proven:
    """What has worked here. One file, which belongs to this user alone; where it can't be kept, nothing is remembered.

    This is the second of two nets. The first is that `auto` goes on to a weaker kind only where the system refuses a stronger one.

    Args:
        folder: of the file; None: the user's own one for temporary files.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def best(self) -> Isolation | None:
        """The strongest; None where nothing that isolates is known to have worked."""
        path = self._path()
        if path is None:
            return None
        with contextlib.suppress(OSError, msgspec.MsgspecError):  # nothing is kept, or it is not whole
            found = msgspec.json.decode(path.read_bytes(), type=Isolation)
            return found if found.level in STRENGTH else None
        return None

    def keep(self, found: Isolation) -> None:
        """Remember what has just worked, where nothing stronger has."""
        before = self.best()
        path = self._path()
        if path is None or found.level == "none" or not (before is None or before.weaker_than(found)):
            return
        beside = path.with_name(f"{path.name}.part")  # whoever writes next replaces what a kill has left
        with contextlib.suppress(OSError):  # a full disk: it is found out again by the next run
            beside.write_bytes(msgspec.json.encode(found))
            os.replace(beside, path)

    def _path(self) -> Path | None:
        if not _text(BOOT):  # what worked before the machine was started would count for ever
            return None
        try:
            folder = self._folder or own_folder()
        except (SandboxUnavailable, OSError):
            return None
        return folder / f"isolation-{place()}.json"


def place() -> str:
    """Where this process is: the machine, its boot, the user, and the namespaces that tell a container from its host."""
    parts = [_text(MACHINE), _text(BOOT), str(os.geteuid() if hasattr(os, "geteuid") else "")]
    for name in NAMESPACES:
        try:
            parts.append(os.readlink(f"/proc/self/ns/{name}"))
        except OSError:
            parts.append("")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
