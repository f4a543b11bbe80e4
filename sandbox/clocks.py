"""Time and memory of another process, read from outside it: what the process says of itself is evidence of nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time

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
    try:
        descriptor = os.open(f"/proc/{pid}/schedstat", os.O_RDONLY)
    except OSError:
        return None
    try:
        return int(os.read(descriptor, 100).split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None
    finally:
        os.close(descriptor)


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


class Stopwatch:
    """Time that counts against a limit: what the process used or slept, not what it waited for others.

    On Linux this is the CPU time, or the wall time less the time spent waiting for a processor, whichever is more; so a
    busy machine costs nobody a verdict and a sleeper is caught all the same. Elsewhere it is the wall time.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.restart()

    def restart(self) -> None:
        """Begin to count from now."""
        self._wall = time.monotonic()
        self._start = usage(self._pid)

    def cpu_seconds(self) -> float | None:
        """CPU time since the restart, or None where it can't be read."""
        now = usage(self._pid)
        if now is None or self._start is None:
            return None
        return now.cpu_seconds - self._start.cpu_seconds

    def seconds(self) -> float:
        """Time that counts, since the restart."""
        wall = time.monotonic() - self._wall
        now = usage(self._pid)
        if now is None or self._start is None:
            return wall
        cpu = now.cpu_seconds - self._start.cpu_seconds
        if now.queued_seconds is None or self._start.queued_seconds is None:
            return cpu if cpu >= wall / 2 else wall
        return max(cpu, wall - (now.queued_seconds - self._start.queued_seconds))
