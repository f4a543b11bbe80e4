"""Kills as a plan says, in a thread, while the command goes on."""

from __future__ import annotations

import os
import random
import threading
import time

from tests.kills import plans, processes
from tests.kills.plans import Plan

LOOK_SECONDS = 0.01
COMES_SECONDS = 3.0


class Killer:
    """Kills one process at a moment, or templates while they start.

    Args:
        plan: the trial's.
        command: the number of the process that the person called.

    Attributes:
        killed: what each process was for that was killed.
    """

    def __init__(self, plan: Plan, command: int) -> None:
        self.killed: list[str] = []
        self._plan = plan
        self._draw = plan.draw()
        self._command = command
        self._begun = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._templates if plan.templates else self._one, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it is done, or what it wants to kill does not come."""
        self._thread.join(max(0.0, self._begun + self._plan.moment - time.monotonic()) + COMES_SECONDS)

    def end(self) -> None:
        """Kill nothing more."""
        self._over.set()
        self._thread.join()

    def _one(self) -> None:
        if self._over.wait(max(0.0, self._begun + self._plan.moment - time.monotonic())):
            return
        while (role := processes.strike(self._draw, self._command, self._wanted)) is None:
            if not self._comes():
                return
        self.killed.append(role)

    def _wanted(self, role: str) -> bool:
        match self._plan.wanted:
            case plans.ANY:
                return True
            case plans.OTHERS:
                return role != processes.COMMAND
            case wanted:
                return role == wanted

    def _comes(self) -> bool:
        """Wait until what is wanted has come, and a little longer; False where it does not."""
        while True:
            found = processes.below(os.getpid())
            if any(map(self._wanted, processes.roles(found, self._command).values())):
                return not self._over.wait(self._draw.random() * plans.LATER_SECONDS)
            if self._command not in found or self._over.wait(LOOK_SECONDS):
                return False

    def _templates(self) -> None:
        """Thread: kill each template a moment after it has begun."""
        due: dict[tuple[int, int], tuple[float, processes.Seen]] = {}
        while len(self.killed) < self._plan.templates and not self._over.wait(LOOK_SECONDS):
            found = processes.below(os.getpid())
            named = processes.roles(found, self._command)
            for pid in (pid for pid, role in named.items() if role == processes.TEMPLATE):
                key = pid, found[pid].began
                if key not in due:
                    due[key] = time.monotonic() + _moment(self._draw), found[pid]
                elif time.monotonic() >= due[key][0] and processes.kill(due[key][1]):
                    self.killed.append(f"starting {processes.TEMPLATE}")
                    break


def _moment(draw: random.Random) -> float:
    """How long a template lives; it is ready after about `plans.START_SECONDS`, and what comes after that is another trial's."""
    return draw.random() * plans.START_SECONDS
