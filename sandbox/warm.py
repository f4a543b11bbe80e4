"""Sandboxes that fork a warm template for each run, seen from outside: the template, its forks, and what both are started with."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sandbox.answers import Limits
from sandbox.clocks import Meter, ProcessMeter
from sandbox.door import Door, Exit
from sandbox.errors import SandboxRefused, SandboxUnavailable
from sandbox.interruption import interruptible, whole
from sandbox.limits import limits_met, named_limits
from sandbox.packages import Equipment, libraries

BOOT = Path(__file__).resolve().parent / "guest" / "boot.py"
START_SECONDS = 120.0
TRIES = 3  # at a run, where what fails may go well the next time
END_SECONDS = 0.5  # that an interpreter has for ending by itself once it has closed its channel
PAUSE_SECONDS = 0.1  # before the next one
PIPE_BYTES = 1 << 20


class WarmSandbox:
    """Keeps a template for each framework, and replaces one that was killed.

    Args:
        kind: the name that users know.
        walls: what the template is told of the walls to enter, beside what is readable; None: none.
    """

    def __init__(self, kind: str, walls: dict[str, Any] | None) -> None:
        self.kind = kind
        self._walls = walls
        self._lock = threading.Lock()
        self._templates: dict[Equipment, Template] = {}
        self._forks: list[Forked] = []

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the templates, and with them every run; and free what judging that was interrupted has lost."""
        with self._lock:
            for template in self._templates.values():
                template.close()
            self._templates.clear()
            for forked in self._forks:
                forked.free()
            self._forks.clear()

    def prepare(self, framework: Equipment) -> None:
        """Begin to start what runs of this framework need, without waiting for it."""
        with contextlib.suppress(SandboxUnavailable):  # `open` meets it again, tries several times, and says so
            self._template(framework)

    def open(self, framework: Equipment, limits: Limits, torch: Any) -> Door:
        """A fresh run, confined and waiting for its file.

        What fails is tried again with a fresh template: one may have been killed, or have met a limit for a moment.

        Raises:
            SandboxRefused: the system refuses what this kind needs.
            SandboxUnavailable: it failed, several times.
        """
        for left in reversed(range(TRIES)):
            try:
                with whole():
                    return self._opened(self._template(framework), limits, torch)
            except SandboxRefused:
                raise
            except SandboxUnavailable:
                if not left:
                    raise
                time.sleep(PAUSE_SECONDS)
        raise AssertionError("the last try returns or raises")

    def _opened(self, template: Template, limits: Limits, torch: Any) -> Door:
        forked = template.start(limits)
        self._forks = [each for each in self._forks if each.tasks >= 0] + [forked]
        return Door(forked, limits, torch)

    def spec(self, framework: Equipment) -> dict[str, Any]:
        """What a run must be told of this sandbox, beside the problem's own."""
        found = libraries(framework)
        return {
            "sites": list(found.sites),
            "allowed": list(found.allowed),
            "readable": list(found.readable),
            "guard": True,
        }

    def _template(self, framework: Equipment) -> Template:
        with whole(), self._lock:
            template = self._templates.get(framework)
            if template is None or not template.alive:
                for other in [
                    each for each in self._templates if each.name == framework.name
                ]:  # it ended, or its file was changed
                    self._templates.pop(other).close()
                template = self._templates[framework] = Template(self.kind, framework, self._walls)
            return template


class Template:
    """A warm interpreter that is forked for each run.

    Args:
        kind: of the sandbox, for messages.
        framework: what it imports, and what can be imported in its runs; nothing else is in it at all.
        walls: those it is to enter, as `sandbox.guest.walls.enter` reads them, but for what is readable; None: none.

    Attributes:
        level: which walls it has entered; "" until it has.
        why: why not better ones.
    """

    def __init__(self, kind: str, framework: Equipment, walls: dict[str, Any] | None) -> None:
        self.level = ""
        self.why = ""
        self._kind = kind
        self._lock = threading.Lock()
        try:
            self._control, theirs = socket.socketpair()
        except OSError as error:
            raise failed(kind, error) from error
        with theirs:
            plan = None if walls is None else walls | {"readable": list(libraries(framework).readable)}
            told = options(framework) | {"control": theirs.fileno(), "walls": plan}
            self._process = launch(kind, "template", told, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL)
        self._reader = self._control.makefile("rb")
        self._ready = False
        self._interrupted = False
        self._failed = False

    @property
    def alive(self) -> bool:
        """Whether it can be forked."""
        return not self._interrupted and not self._failed and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The template's process id."""
        return self._process.pid

    def start(self, limits: Limits) -> Forked:
        """Fork a run.

        Raises:
            SandboxRefused: the system refuses the walls.
            SandboxUnavailable: the template has ended or does not answer, or a limit was met.
        """
        try:
            mine, theirs = _pipes()
        except OSError as error:
            raise failed(self._kind, error) from error
        request = json.dumps({"do": "start", "limits": limits_as_told(limits)}).encode()
        try:
            with self._lock:
                self._wait_ready()
                socket.send_fds(self._control, [request], theirs)
                reply = self._answer()
        except BaseException as error:  # an interruption, too
            for descriptor in mine:
                os.close(descriptor)
            self._failed = True
            if isinstance(error, ConnectionError):
                raise ended(self._kind, self._process) from error
            if isinstance(error, OSError):
                raise failed(self._kind, error) from error
            self._interrupted = not isinstance(error, SandboxUnavailable)
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        if "failed" in reply:
            for descriptor in mine:
                os.close(descriptor)
            raise failed(self._kind, reply["failed"])
        return Forked(self, int(reply["pid"]), *mine)

    def reap(self, pid: int) -> Exit:
        """Wait for the end of a fork. Where the template itself has ended, so have its forks, and nobody knows how."""
        try:
            with self._lock:
                self._control.sendall(json.dumps({"do": "reap", "pid": pid}).encode())
                reply = self._answer()
        except (OSError, ValueError, SandboxUnavailable) as error:
            return Exit(signal=getattr(signal, "SIGKILL", 0), why=f"while your file ran: {error}")
        except BaseException:
            self._interrupted = True
            raise
        status = int(reply["status"])
        return Exit(
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
            code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
            cpu_seconds=float(reply["cpu_seconds"]),
            peak_bytes=int(reply["peak_bytes"]),
        )

    def close(self) -> None:
        """End it."""
        self._reader.close()
        self._control.close()
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _wait_ready(self) -> None:
        if not self._ready:
            self._control.settimeout(START_SECONDS)
            first = self._answer()
            if "refused" in first:
                raise SandboxRefused(f"the {self._kind} sandbox can't be had here: {first['refused']}")
            if "failed" in first:
                raise failed(self._kind, first["failed"])
            self.level, self.why = str(first["level"]), str(first["why"])
            self._answer()
            self._ready = True

    def _answer(self) -> dict[str, Any]:
        if self._interrupted:  # what comes now answers an earlier question
            raise SandboxUnavailable(f"the {self._kind} sandbox was interrupted")
        with interruptible():
            line = self._reader.readline()
        if not line:
            raise ended(self._kind, self._process)
        reply: dict[str, Any] = json.loads(line)
        return reply


class Forked:
    """A fork of the template that serves one run."""

    memory_is_limited = True

    def __init__(self, template: Template, pid: int, tasks: int, answers: int, output: int) -> None:
        self._template = template
        self.pid = pid
        self.meter: Meter = ProcessMeter(pid)
        self.tasks = tasks
        self.answers = answers
        self.output = output

    def ended_within(self, seconds: float) -> bool:
        """Whether it has ended by itself, or does so within this time (pidfd_open(2))."""
        try:
            process = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            watch = select.poll()
            watch.register(process, select.POLLIN)
            return bool(watch.poll(seconds * 1000))
        finally:
            os.close(process)

    def kill(self) -> None:
        """End it and its process group; its parent, the template, holds its number until it is reaped."""
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)

    def reap(self) -> Exit:
        """Wait for its end."""
        return self._template.reap(self.pid)

    def free(self) -> None:
        """Close its channels, where its door has not: an interruption can lose a door on its way to those who would close it."""
        with whole():
            for end in (self.tasks, self.answers, self.output):
                if end >= 0:
                    os.close(end)
            self.tasks = self.answers = self.output = -1


def ended(kind: str, process: subprocess.Popen[bytes]) -> SandboxUnavailable:
    """What to raise where an interpreter has closed its channel: it ended, or is ended now."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(END_SECONDS)
    killed = process.returncode == -getattr(signal, "SIGKILL", 0)
    process.kill()
    said = process.communicate()[1] or b""
    words = said.decode(errors="replace").strip()[-3000:]
    if killed:
        why = f"its interpreter was killed (SIGKILL), as a system does whose memory runs out. {named_limits('memory')}"
        return SandboxUnavailable(f"the {kind} sandbox does not start: {why}")
    return failed(kind, f"its interpreter ended: {words or 'it said nothing'}")


def failed(kind: str, why: object) -> SandboxUnavailable:
    """What to raise where a sandbox does not start; names the limit that was met, where one was."""
    return SandboxUnavailable(f"the {kind} sandbox does not start: {why}. {limits_met(f'{why}')}".strip())


def launch(kind: str, mode: str, told: dict[str, Any], **streams: Any) -> subprocess.Popen[bytes]:
    """Start an interpreter that holds nothing but `sandbox/guest`."""
    command = [sys.executable, "-s", "-S", "-P", str(BOOT), mode, json.dumps(told)]
    streams.setdefault("stdout", subprocess.DEVNULL)
    try:
        return subprocess.Popen(
            command, env=_environment(), cwd=os.path.sep, stderr=subprocess.PIPE, bufsize=0, **streams
        )
    except OSError as error:
        raise failed(kind, error) from error


def _environment() -> dict[str, str]:
    """Nothing of the user's environment but what the libraries need to find themselves and this processor."""
    kept = ("SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | variables()


def variables() -> dict[str, str]:
    """What an interpreter in any sandbox is told by its environment."""
    return {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",  # else each thread reserves 64 MiB of the address space that is granted
        # Memory that was freed is used again, not given back and fetched anew: else what a call costs jumps with the size of its arrays.
        "MALLOC_MMAP_THRESHOLD_": str(32 << 20),  # the most that glibc takes
        "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    }


def options(framework: Equipment) -> dict[str, Any]:
    """What an interpreter is told of the packages it may import."""
    found = libraries(framework)
    return as_told(framework) | {"sites": list(found.sites), "allowed": list(found.allowed)}


def as_told(framework: Equipment) -> dict[str, Any]:
    """What a template is told to import."""
    return {"imports": list(framework.imports), "optional": list(framework.optional)}


def limits_as_told(limits: Limits) -> dict[str, Any]:
    """The limits that a run sets for itself, before it sees user code."""
    return {"run_seconds": limits.run_seconds, "memory_bytes": limits.memory_bytes}


def _pipes() -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Our ends (tasks, answers, output) and theirs; all of them or none."""
    made: list[int] = []
    try:
        for _ in range(3):
            made += os.pipe()
    except OSError:
        for descriptor in made:
            os.close(descriptor)
        raise
    task_read, task_write, answer_read, answer_write, output_read, output_write = made
    for pipe in (task_write, answer_write):
        widen(pipe)
    return (task_write, answer_read, output_read), (task_read, answer_write, output_write)


def widen(pipe: int) -> None:
    """Let more than the usual 64 KiB lie in a pipe, where the system grants it: arrays of some MiB then take fewer trips (fcntl(2))."""
    if sys.platform.startswith("linux"):
        import fcntl

        with contextlib.suppress(OSError):  # many pipes of this user: it stays as it is, and only slower
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
