"""One container: made with everything taken away that a run does not need, warm, used for one run, ended from outside and removed."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from sandbox.answers import Limits
from sandbox.clocks import Mark, Meter, ProcessMeter
from sandbox.door import Exit
from sandbox.engine import OURS, Engine, EngineFailed
from sandbox.errors import SandboxUnavailable
from sandbox.packages import Equipment
from sandbox.profile import profile
from sandbox.streams import Streams
from sandbox.warm import as_told, limits_as_told, variables
from sandbox.watch import Watch

SITES = "/packages"  # sandbox/Dockerfile
WATCH = "/judge/guest/watch.py"
NOBODY = "65534:65534"
BESIDE = "65533:65533"  # whom nothing belongs to, and who is not the run's user
START_SECONDS = 120.0
END_SECONDS = 20.0
KEEPER_SECONDS = (
    0.25  # that a keeper has for ending its container by itself, a quarter of what an engine takes to kill one
)
BASE_BYTES = 768 << 20  # what an interpreter with torch takes, files in the page cache included
MOST_PROCESSES = 256  # threads, as many as the linux sandbox grants, the keeper's own among them
CPUS = 1_000_000_000  # one processor, in billionths
NO_FILES = "size=64k,mode=555,noexec,nosuid,nodev"
FEW_NAMES = ",nr_inodes=16"  # Podman does not know it; nobody may write there either way
ULIMITS = {"nofile": 256, "core": 0, "fsize": 0, "memlock": 0, "msgqueue": 0, "stack": 8 << 20}


class Introduced(msgspec.Struct, frozen=True):
    """What the keeper says of its container (`sandbox.guest.keeper`).

    Attributes:
        pid: the run's, within the container.
        readable: the interpreter's files there.
        landlock: why there is no Landlock; "" where there is.
        python: its version, "3.11".
        numpy: its version; None where it was not imported.
        torch: its version; None where it was not imported.
    """

    pid: int
    readable: list[str]
    landlock: str
    python: str
    numpy: str | None
    torch: str | None


class Container:
    """One container, from its making to its removal. `Door` reads and writes its pipes.

    Args:
        engine: where it runs.
        image: identity of the image.
        owner: of the label.
        profile_file: where the engine reads the profile of system calls; None: it is sent along.
        framework: what it imports, and what can be imported in its runs.
        memory_bytes: beyond what the interpreter takes.

    Raises:
        EngineFailed: it can't be made or started.
    """

    memory_is_limited = True

    def __init__(
        self, engine: Engine, image: str, owner: str, profile_file: Path | None, framework: Equipment, memory_bytes: int
    ) -> None:
        self.framework = framework
        self.meter: Meter = NoMeter()
        self._engine = engine
        self._memory_bytes = memory_bytes
        self._failure: SandboxUnavailable | None = None
        self.released: Callable[[Container], None] = lambda container: None  # told when it is over
        self._watch: Watch | None = None
        self._killed = False
        self.identity = engine.create(**_settings(engine, image, owner, profile_file, framework, memory_bytes))
        try:
            self._streams = Streams(engine.attach(self.identity))
            engine.start(self.identity)
        except SandboxUnavailable:
            engine.remove(self.identity)
            raise
        self.tasks, self.answers, self.output = self._streams.tasks, self._streams.answers, self._streams.output

    def wait(self) -> Introduced:
        """Wait until its run is ready.

        Raises:
            EngineFailed: it ended, or takes too long.
        """
        line = self._streams.first_line(START_SECONDS)
        if line is None:
            raise EngineFailed(f"a container does not start: {self._last_words() or 'it said nothing'}")
        try:
            introduced = msgspec.json.decode(line, type=Introduced)
        except msgspec.DecodeError as error:
            raise EngineFailed(f"a container does not start: it said {line[:200]!r}") from error
        self.meter = self.found_meter() or self._watched(introduced.pid)
        return introduced

    def begin(self, limits: Limits) -> None:
        """Let the run begin, under these limits.

        Raises:
            EngineFailed: the engine does not set them.
        """
        if limits.memory_bytes != self._memory_bytes:
            self._engine.limit_memory(self.identity, BASE_BYTES + limits.memory_bytes)
        told = {"limits": self._told(limits), "token": self._streams.token.hex()}
        os.write(self.tasks, json.dumps(told).encode() + b"\n")

    def _told(self, limits: Limits) -> dict[str, Any]:
        return limits_as_told(limits)

    def ended_within(self, seconds: float) -> bool:
        """Whether it has ended by itself, or does so within this time."""
        return self._streams.ended_within(seconds)

    def kill(self) -> None:
        """End it, where it has not ended by itself."""
        if self._killed or self._streams.ended_within(0):
            return
        self._killed = True
        self._streams.end_input()
        if self._streams.ended_within(KEEPER_SECONDS):
            return
        try:
            self._engine.kill(self.identity)
        except SandboxUnavailable as error:
            self._failure = error

    def reap(self) -> Exit:
        """How it ended.

        Raises:
            EngineFailed: the engine went away, or somebody else ended it.
        """
        try:
            return self._how_it_ended()
        finally:
            self.released(self)

    def _how_it_ended(self) -> Exit:
        if self._failure is not None:
            raise self._failure
        if not self._streams.ended_within(END_SECONDS):
            raise EngineFailed("the container engine does not end a container")
        if self._killed:
            return Exit(signal=getattr(signal, "SIGKILL", 9))
        report = self._streams.report()
        out_of_memory = bool(self._engine.container(self.identity)["State"].get("OOMKilled"))
        if report is None and not out_of_memory:
            raise EngineFailed(
                "a container was ended from outside while your file ran in it, by nothing that the file did"
            )
        status, peak, cpu = report or (9, 0, 0.0)
        return Exit(
            signal=status & 0x7F,  # wait4(2): as WTERMSIG and WEXITSTATUS read it, on systems that lack them as well
            code=status >> 8,
            cpu_seconds=cpu,
            peak_bytes=peak,
            out_of_memory=out_of_memory,
        )

    def remove(self) -> None:
        """Take it away.

        Raises:
            EngineFailed: the engine does not.
        """
        self._streams.hang_up()
        if self._watch is not None:
            self._watch.close()
        self._engine.remove(self.identity)

    def drop(self) -> None:
        """Close the ends that were for a door; for one that was never used."""
        for descriptor in (self.tasks, self.answers, self.output):
            os.close(descriptor)

    def _last_words(self) -> str:
        said = b""
        while self._streams.ended_within(END_SECONDS) and (part := os.read(self.output, 1 << 16)):
            said += part
        return said.decode(errors="replace").strip()[-2000:]

    def _watched(self, pid: int) -> Meter:
        """A process in the container that tells what the run uses."""
        command = ["python3", "-I", "-S", WATCH, str(pid)]
        self._watch = Watch(self._engine.run_beside(self.identity, command, BESIDE))
        return self._watch

    def found_meter(self) -> ProcessMeter | None:
        """The run's process on this machine: the keeper's only child. None where the engine runs elsewhere."""
        if not sys.platform.startswith("linux"):
            return None
        keeper = int(self._engine.container(self.identity)["State"].get("Pid") or 0)
        try:
            (run,) = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
            groups = Path(f"/proc/{run}/cgroup").read_text()
        except (OSError, ValueError):
            return None
        # The same number may be somebody else's here, where the engine sees other processes than this one does.
        return ProcessMeter(int(run)) if self.identity in groups else None


class NoMeter:
    """Of a container that is not ready."""

    def mark(self) -> Mark:
        """This moment."""
        return Mark(time.monotonic(), None)

    def resident_bytes(self) -> int | None:
        """Not known."""
        return None


def _settings(
    engine: Engine, image: str, owner: str, profile_file: Path | None, framework: Equipment, memory_bytes: int
) -> dict[str, Any]:
    """What the container is made with: every right and resource that it is not given by name is taken away."""
    environment = variables()
    told = {
        **as_told(framework),
        "sites": [SITES],
        "allowed": list(framework.importable),
        "environment": list(environment),
    }
    host = engine.client.create_host_config(
        network_mode="none",
        ipc_mode="none",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={profile_file or profile()}"],
        read_only=True,
        tmpfs={"/tmp": NO_FILES + ("" if engine.podman else FEW_NAMES)},
        pids_limit=MOST_PROCESSES,
        mem_limit=BASE_BYTES + memory_bytes,
        memswap_limit=BASE_BYTES + memory_bytes,
        nano_cpus=CPUS,
        ulimits=[{"Name": name, "Soft": most, "Hard": most} for name, most in ULIMITS.items()],
        log_config={"Type": "none"},
        init=False,
    )
    return {
        "image": image,
        "command": ["container", json.dumps(told)],
        "user": NOBODY,
        "hostname": "judge",
        "network_disabled": True,
        "stdin_open": True,
        "environment": environment,
        "labels": {OURS: owner},
        "stop_signal": "SIGKILL",
        "host_config": host,
    }
