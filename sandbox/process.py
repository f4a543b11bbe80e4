"""The `process` sandbox: a separate interpreter with limits and an audit hook, and no isolation. For one's own code.

Where the system can fork, a template that has imported torch is forked for each run; elsewhere each run is an interpreter
of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from sandbox.answers import Limits
from sandbox.clocks import Meter, ProcessMeter, Usage, usage
from sandbox.door import Door, Exit
from sandbox.packages import Equipment
from sandbox.warm import WarmSandbox, ended, launch, limits_as_told, options

CAN_FORK = sys.platform.startswith("linux")


class ProcessSandbox(WarmSandbox):
    """Starts runs as plain processes of this user.

    Args:
        fork: use a warm template and a fork a run; by default where the system can.
    """

    level = "none"

    def __init__(self, *, fork: bool = CAN_FORK) -> None:
        super().__init__("process", None)
        self._fork = fork

    def __enter__(self) -> ProcessSandbox:
        return self

    def prepare(self, framework: Equipment) -> None:
        """Begin to start what runs of this framework need, without waiting for it."""
        if self._fork:
            super().prepare(framework)

    def open(self, framework: Equipment, limits: Limits, torch: Any) -> Door:
        """A fresh run, confined and waiting for its file.

        Raises:
            SandboxUnavailable: the interpreter does not start here.
        """
        return super().open(framework, limits, torch) if self._fork else Door(Solo(framework, limits), limits, torch)


class Solo:
    """An interpreter of its own for one run, for systems that can't fork."""

    def __init__(self, framework: Equipment, limits: Limits) -> None:
        told = options(framework) | {"limits": limits_as_told(limits)}
        self._process = launch("process", "solo", told, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not (self._process.stdout and self._process.stdout.read(1)):  # one byte, once it has imported what it needs
            raise ended("process", self._process)
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self.tasks, self.answers, self.output = (os.dup(stream.fileno()) for stream in streams if stream)
        for stream in streams:
            if stream:
                stream.close()
        self.pid = self._process.pid
        self.meter: Meter = ProcessMeter(self.pid)
        self.memory_is_limited = sys.platform.startswith("linux")
        self._used: Usage | None = None

    def ended_within(self, seconds: float) -> bool:
        """Whether it has ended by itself, or does so within this time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it."""
        self._used = usage(self.pid) or self._used
        self._process.kill()

    def reap(self) -> Exit:
        """Wait for its end."""
        code = self._process.wait()
        cpu = self._used.cpu_seconds if self._used else 0.0
        return Exit(signal=max(0, -code), code=max(0, code), cpu_seconds=cpu)
