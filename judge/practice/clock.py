"""Time, as a practice session sees it. It is given, not taken: tests turn it by hand.

Three clocks, because they differ where it matters. The wall time is what people read and can be changed under us. `passed` goes
on through a suspend and does not care what the system's time is set to; it begins anew at each boot. `awake` stands still in a suspend.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """All clocks at one moment.

    Attributes:
        at: the wall time, in UTC.
        passed: seconds that went by since some moment before, suspended or not.
        awake: seconds that went by while the machine was awake.
        boot: which boot `passed` counts from; "" where that can't be told.
    """

    at: datetime
    passed: float
    awake: float
    boot: str = ""


class Clock(Protocol):
    """Something that can be read."""

    def read(self) -> Reading:
        """All clocks now."""


class SystemClock:
    """The system's clocks."""

    def __init__(self) -> None:
        try:
            self._boot = BOOT_ID.read_text(encoding="ascii").strip()
        except OSError:
            self._boot = ""

    def read(self) -> Reading:
        """All clocks now."""
        awake, passed = _monotonic()
        return Reading(at=datetime.now(UTC), passed=passed, awake=awake, boot=self._boot)


def _monotonic() -> tuple[float, float]:
    """Seconds awake, and seconds that passed: clock_gettime(2) of Linux, clock_gettime(3) of macOS."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_MONOTONIC), time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_UPTIME_RAW), time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic(), time.monotonic()


def local(moment: datetime) -> datetime:
    """A moment in the system's time zone."""
    return moment.astimezone()


def between(earlier: Reading, later: Reading) -> float:
    """Seconds that went by, suspended or not, never less than none.

    Within one boot the system's time does not enter. Over a boot there is nothing else to go by; where it then runs
    backwards, nothing is counted.
    """
    if earlier.boot and earlier.boot == later.boot:
        return max(later.passed - earlier.passed, 0.0)
    return max((later.at - earlier.at).total_seconds(), 0.0)


def moved(earlier: Reading, later: Reading) -> float:
    """Seconds by which the system's time was changed in between, positive where it was put forward; 0 where that can't be told."""
    if not earlier.boot or earlier.boot != later.boot:
        return 0.0
    return (later.at - earlier.at).total_seconds() - (later.passed - earlier.passed)


class Stopwatch:
    """How much of a session's time is used up.

    Args:
        clock: to read.
        spent: seconds that were used up before.
        through_suspend: a suspended machine uses time up as well, as the clock on an interviewer's wall does.
    """

    def __init__(self, clock: Clock, *, spent: float = 0.0, through_suspend: bool) -> None:
        self._clock = clock
        self._spent = spent
        self._through_suspend = through_suspend
        self._last = clock.read()

    def spent(self) -> float:
        """Seconds that are used up."""
        now = self._clock.read()
        earlier, later = (self._last.passed, now.passed) if self._through_suspend else (self._last.awake, now.awake)
        self._spent += max(later - earlier, 0.0)
        self._last = now
        return self._spent

    @property
    def reading(self) -> Reading:
        """The clocks when `spent` was last asked for."""
        return self._last
