"""Time and memory of another process, read from outside it: what the process says of itself is evidence of nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Protocol

import msgspec

CPUCLOCK_SCHED = 2  # include/linux/posix-timers_types.h; the clock id of a process: clock_getcpuclockid(3)


class Usage(msgspec.Struct, frozen=True):
    """Of a process since it began.

    Attributes:
        cpu_seconds: CPU time of all its threads.
        queued_seconds: time its first thread was ready to run but another process had the processor; None where unknown.
    """

    cpu_seconds: float
    queued_seconds: float | None


def usage(pid: int) -> Usage | None:
    """What a process has used, or None where the system does not tell or the process is gone."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        cpu = time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
    except OSError:
        return None
    return Usage(cpu, _queued(pid))


def _queued(pid: int) -> float | None:
    """Second field of /proc/PID/schedstat, nanoseconds (Documentation/scheduler/sched-stats.rst)."""
    # A file object, and not a descriptor: an interruption between opening and closing leaves nothing open.
    try:
        with open(f"/proc/{pid}/schedstat", "rb", buffering=0) as stat:
            return int(stat.read(100).split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None


def resident_bytes(pid: int) -> int | None:
    """Resident memory of a process; None where the system does not tell (Windows) or the process is gone."""
    if sys.platform.startswith("linux"):
        try:
            with open(f"/proc/{pid}/statm", "rb") as statm:
                return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except (OSError, ValueError, IndexError):
            return None
    if sys.platform == "win32":
        return None
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return int(shown.stdout) * 1024 if shown.stdout.strip().isdigit() else None


class Mark(msgspec.Struct, frozen=True):
    """A moment in the life of a process: the wall clock, and what it had used by then (None where unknown)."""

    wall: float
    usage: Usage | None


def mark(pid: int) -> Mark:
    """This moment."""
    return Mark(time.monotonic(), usage(pid))


class Meter(Protocol):
    """Reads what one process has used, from outside it."""

    def mark(self) -> Mark:
        """This moment."""

    def resident_bytes(self) -> int | None:
        """Its resident memory; None where it can't be told."""


class ProcessMeter:
    """Of a process of this machine."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    def mark(self) -> Mark:
        """This moment."""
        return mark(self._pid)

    def resident_bytes(self) -> int | None:
        """Its resident memory; None where the system does not tell."""
        return resident_bytes(self._pid)


def cpu_between(start: Mark, end: Mark) -> float | None:
    """CPU seconds between two moments, or None where they can't be read."""
    if start.usage is None or end.usage is None:
        return None
    return end.usage.cpu_seconds - start.usage.cpu_seconds


def counted_between(start: Mark, end: Mark) -> float:
    """Seconds that count against a limit: what the process used or slept, not what it waited for others.

    On Linux this is the CPU time, or the wall time less the time spent waiting for a processor, whichever is more; so a
    busy machine costs nobody a verdict and a sleeper is caught all the same. Elsewhere it is the wall time.
    """
    wall = end.wall - start.wall
    if start.usage is None or end.usage is None:
        return wall
    cpu = end.usage.cpu_seconds - start.usage.cpu_seconds
    if start.usage.queued_seconds is None or end.usage.queued_seconds is None:
        return cpu if cpu >= wall / 2 else wall
    return max(cpu, wall - (end.usage.queued_seconds - start.usage.queued_seconds))
