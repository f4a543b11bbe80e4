"""What is there before and after a run, and the end of what should not be."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance import Room, descendants, shared_memory

SETTLES_SECONDS = 10.0


class Watched:
    """A sandbox with both templates warm, and what belongs to it.

    Args:
        room: the sandbox.
        honest: whether a right answer comes back from a fresh run, in a framework.
    """

    def __init__(self, room: Room, honest: Callable[[Room, str], bool]) -> None:
        self.room = room
        self.kind = room.kind
        self._honest = honest
        assert self.honest("numpy")
        assert self.honest("torch")
        self._resting = self._count_at_rest()

    def honest(self, framework: str) -> bool:
        """Whether a right answer comes back from a fresh run."""
        return self._honest(self.room, framework)

    def state(self) -> dict[str, Any]:
        """What no attack may change in the judge's process and around it."""
        self.room.settle()
        own = self._own()
        return {
            "containers": self.room.containers(),
            "templates": self._templates(),
            "threads": threading.active_count(),
            "runs": max(len(own), self._resting),  # fewer, while the template prepares its next one
            "other processes": descendants() - own,
            "descriptors": self.room.descriptors(),
            "shared memory": shared_memory(),
        }

    def settled(self, before: dict[str, Any]) -> dict[str, Any]:
        """The state once it is as it was, or after some seconds: killed processes take a moment to go."""
        deadline = time.monotonic() + SETTLES_SECONDS
        while True:
            after = self.state()
            # What others took away meanwhile is theirs.
            after["shared memory"] = before["shared memory"] | after["shared memory"]
            if after == before or time.monotonic() > deadline:
                return after
            time.sleep(0.01)

    def _templates(self) -> list[int | None]:
        return [self.room.pid("numpy"), self.room.pid("torch")]

    def _own(self) -> set[int]:
        """The templates' processes, themselves left out."""
        parents = {pid: _parent(pid) for pid in descendants()}
        found: set[int] = set()
        while more := {pid for pid, parent in parents.items() if parent in {*found, *self._templates()}} - found:
            found |= more
        return found

    def _count_at_rest(self) -> int:
        """How many processes wait ready for the next run: the most there are within a second in which nothing is asked."""
        counts = []
        for _ in range(50):
            counts.append(len(self._own()))
            time.sleep(0.02)
        return max(counts)


def end_strays(before: set[int]) -> frozenset[int]:
    """End what was started since `before` and still runs below this process; their ids."""
    strays = descendants() - before
    for pid in strays:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for pid in strays:
        deadline = time.monotonic() + SETTLES_SECONDS
        while time.monotonic() < deadline:
            try:
                if os.waitpid(pid, os.WNOHANG)[0]:
                    break
            except ChildProcessError:
                break
            time.sleep(0.005)
    return frozenset(strays)


def ended_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a process."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0  # it ended meanwhile
