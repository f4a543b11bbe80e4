"""The `process` sandbox: a separate interpreter with limits and an audit hook, and no isolation. For one's own code.

Where the system can fork, a template that has imported torch is forked for each run; elsewhere each run is an interpreter
of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from sandbox.answers import Limits
from sandbox.clocks import usage
from sandbox.door import Door, Exit
from sandbox.errors import SandboxUnavailable
from sandbox.packages import Libraries, libraries

BOOT = Path(__file__).resolve().parent / "inside" / "boot.py"
START_SECONDS = 120.0
CAN_FORK = sys.platform.startswith("linux")


class ProcessSandbox:
    """Starts runs as plain processes of this user.

    Args:
        fork: use a warm template and a fork a run; by default where the system can.
    """

    kind = "process"
    level = "none"

    def __init__(self, *, fork: bool = CAN_FORK) -> None:
        self._fork = fork
        self._lock = threading.Lock()
        self._templates: dict[str, Template] = {}

    def __enter__(self) -> ProcessSandbox:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the templates, and with them every run."""
        with self._lock:
            for template in self._templates.values():
                template.close()
            self._templates.clear()

    def prepare(self, framework: str) -> None:
        """Begin to start what runs of this framework need, without waiting for it."""
        if self._fork:
            self._template(framework)

    def open(self, framework: str, limits: Limits, torch: Any) -> Door:
        """A fresh run, confined and waiting for its file.

        Raises:
            SandboxUnavailable: the interpreter does not start here.
        """
        if not self._fork:
            return Door(Solo(framework, limits), limits, torch)
        template = self._template(framework)
        try:
            return Door(template.start(limits), limits, torch)
        except SandboxUnavailable:
            if not template.has_served or template.alive:
                raise
        return Door(self._template(framework).start(limits), limits, torch)  # the first was killed meanwhile

    def spec(self, framework: str) -> dict[str, Any]:
        """What a run must be told of this sandbox, beside the problem's own."""
        found = libraries(framework)
        return {
            "sites": list(found.sites),
            "allowed": list(found.allowed),
            "readable": list(found.readable),
            "guard": True,
        }

    def _template(self, framework: str) -> Template:
        with self._lock:
            template = self._templates.get(framework)
            if template is None or not template.alive:
                if template is not None:
                    template.close()
                template = self._templates[framework] = Template(framework)
            return template


class Template:
    """A warm interpreter that is forked for each run.

    Args:
        framework: "torch", or "numpy": then torch is not in it at all.
    """

    def __init__(self, framework: str) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            options = _options(framework) | {"control": theirs.fileno()}
            self._process = _launch("template", options, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL)
        self._reader = self._control.makefile("rb")
        self._ready = False

    @property
    def alive(self) -> bool:
        """Whether it can be forked."""
        return self._process.poll() is None

    @property
    def has_served(self) -> bool:
        """Whether it has been ready."""
        return self._ready

    @property
    def pid(self) -> int:
        """The template's process id."""
        return self._process.pid

    def start(self, limits: Limits) -> Forked:
        """Fork a run.

        Raises:
            SandboxUnavailable: the template has ended or does not answer.
        """
        mine, theirs = _pipes()
        request = json.dumps({"do": "start", "limits": _limits(limits)}).encode()
        try:
            with self._lock:
                self._wait_ready()
                socket.send_fds(self._control, [request], theirs)
                pid = int(self._answer()["pid"])
        except (OSError, SandboxUnavailable) as error:
            for descriptor in mine:
                os.close(descriptor)
            if isinstance(error, SandboxUnavailable):
                raise
            if isinstance(error, ConnectionError):
                raise _ended(self._process) from error
            raise SandboxUnavailable(f"the process sandbox does not start: {error}") from error
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        return Forked(self, pid, *mine)

    def reap(self, pid: int) -> Exit:
        """Wait for the end of a fork. Where the template itself has ended, so have its forks, and nobody knows how."""
        try:
            with self._lock:
                self._control.sendall(json.dumps({"do": "reap", "pid": pid}).encode())
                reply = self._answer()
        except (OSError, ValueError, SandboxUnavailable):
            return Exit(signal=getattr(signal, "SIGKILL", 0))
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
            self._answer()
            self._ready = True

    def _answer(self) -> dict[str, Any]:
        line = self._reader.readline()
        if not line:
            raise _ended(self._process)
        reply: dict[str, Any] = json.loads(line)
        return reply


class Forked:
    """A fork of the template that serves one run."""

    memory_is_limited = True

    def __init__(self, template: Template, pid: int, tasks: int, answers: int, output: int) -> None:
        self._template = template
        self.pid = pid
        self.tasks = tasks
        self.answers = answers
        self.output = output

    def kill(self) -> None:
        """End it and its process group; its parent, the template, holds its number until it is reaped."""
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                end(self.pid, signal.SIGKILL)

    def reap(self) -> Exit:
        """Wait for its end."""
        return self._template.reap(self.pid)


class Solo:
    """An interpreter of its own for one run, for systems that can't fork."""

    def __init__(self, framework: str, limits: Limits) -> None:
        options = _options(framework) | {"limits": _limits(limits)}
        self._process = _launch("solo", options, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if not (self._process.stdout and self._process.stdout.read(1)):  # one byte, once it has imported what it needs
            raise _ended(self._process)
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        self.tasks, self.answers, self.output = (os.dup(stream.fileno()) for stream in streams if stream)
        for stream in streams:
            if stream:
                stream.close()
        self.pid = self._process.pid
        self.memory_is_limited = sys.platform.startswith("linux")

    def kill(self) -> None:
        """End it."""
        self._used = usage(self.pid)
        self._process.kill()

    def reap(self) -> Exit:
        """Wait for its end."""
        code = self._process.wait()
        cpu = self._used.cpu_seconds if self._used else 0.0
        return Exit(signal=max(0, -code), code=max(0, code), cpu_seconds=cpu)


def _ended(process: subprocess.Popen[bytes]) -> SandboxUnavailable:
    """What to raise where an interpreter has closed its channel: it ended, or is ended now."""
    process.kill()
    said = process.communicate()[1] or b""
    words = said.decode(errors="replace").strip()[-500:]
    return SandboxUnavailable(
        f"the process sandbox does not start: its interpreter ended: {words or 'it said nothing'}"
    )


def _launch(mode: str, options: dict[str, Any], **streams: Any) -> subprocess.Popen[bytes]:
    """Start an interpreter that holds nothing but `sandbox/inside`."""
    command = [sys.executable, "-s", "-S", "-P", str(BOOT), mode, json.dumps(options)]
    streams.setdefault("stdout", subprocess.DEVNULL)
    try:
        return subprocess.Popen(
            command, env=_environment(), cwd=os.path.sep, stderr=subprocess.PIPE, bufsize=0, **streams
        )
    except OSError as error:
        raise SandboxUnavailable(f"the process sandbox does not start: {error}") from error


def _environment() -> dict[str, str]:
    """Nothing of the user's environment but what the libraries need to find themselves and this processor."""
    kept = ("SYSTEMROOT", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",  # else each thread reserves 64 MiB of the address space that is granted
    }


def _options(framework: str) -> dict[str, Any]:
    found: Libraries = libraries(framework)
    return {"framework": framework, "sites": list(found.sites), "allowed": list(found.allowed)}


def _limits(limits: Limits) -> dict[str, Any]:
    return {"run_seconds": limits.run_seconds, "memory_bytes": limits.memory_bytes}


def _pipes() -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Our ends (tasks, answers, output) and theirs."""
    task_read, task_write = os.pipe()
    answer_read, answer_write = os.pipe()
    output_read, output_write = os.pipe()
    return (task_write, answer_read, output_read), (task_read, answer_write, output_write)
