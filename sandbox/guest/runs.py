"""How a template starts runs and learns how they ended: by a plain fork on request, or behind walls by one that waits ready."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from . import walls as confinement
from .walls import Walls

MOST_WORDS_BYTES = 4096
Serve = Callable[[list[int], dict[str, Any]], None]  # in the run: its three descriptors and its limits. Never returns.
CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid; unix(7)
FAILED = 70  # EX_SOFTWARE, sysexits.h


class NotStarted(Exception):
    """A run could not be started; the message says why. The next one may be."""


class Runs(Protocol):
    """What the template needs of either way."""

    def start(self, descriptors: list[int], limits: dict[str, Any]) -> int:
        """Begin a run; its process number as the template sees it.

        Raises:
            NotStarted: a limit was met, or what was started was killed.
        """

    def reap(self, pid: int) -> dict[str, Any]:
        """Wait for the end of a run that was killed or has ended: its status and what it used (wait4(2))."""

    def get_ready(self) -> bool:
        """While there is nothing else to do: prepare the next run. Whether there was anything to prepare.

        Raises:
            NotStarted: as `start`.
        """


class Forks:
    """A fork for each request.

    Args:
        control: what the run must not hold.
        serve: what the run does.
    """

    def __init__(self, control: socket.socket, serve: Serve) -> None:
        self._control = control
        self._serve = serve

    def start(self, descriptors: list[int], limits: dict[str, Any]) -> int:
        """Fork."""
        pid = _forked(os.fork)
        if pid == 0:
            self._control.close()
            with_traceback(lambda: self._serve(descriptors, limits))
        return pid

    def reap(self, pid: int) -> dict[str, Any]:
        """Wait for a fork."""
        return ended(pid)

    def get_ready(self) -> bool:
        """Nothing is prepared."""
        return False


class Waiting:
    """A run that has been started, confined, and waits for its descriptors.

    Attributes:
        keeper: at the full level the first process of its pid namespace, which takes all of it along when it ends; else 0.
        pid: the run's, as the template sees it.
        start: socket that the run waits at.
        report: socket that the keeper waits at, until it is asked how the run ended.
    """

    def __init__(self, keeper: int, pid: int, start: socket.socket, report: socket.socket) -> None:
        self.keeper = keeper
        self.pid = pid
        self.start = start
        self.report = report


class Confined:
    """Runs behind walls, each confined ahead of time, used once.

    At the full level a run is the second process of its pid namespace: the first must not be user code, for which the kernel ignores
    signals that it sends itself, so that an abort or a kill would go by unseen.
    """

    def __init__(self, walls: Walls, serve: Serve) -> None:
        self._walls = walls
        self._serve = serve
        self._spare: Waiting | None = None
        self._running: dict[int, Waiting] = {}

    def get_ready(self) -> bool:
        """Prepare one run."""
        if self._spare is not None:
            return False
        self._spare = self._prepare()
        return True

    def start(self, descriptors: list[int], limits: dict[str, Any]) -> int:
        """Give the waiting run what it waits for."""
        self.get_ready()
        run, self._spare = self._spare, None
        assert run is not None
        told = {**limits, "processes": self._walls.most_processes()}
        try:
            socket.send_fds(run.start, [json.dumps(told).encode()], descriptors)
        except OSError as error:  # it was killed while it waited
            self._drop(run.keeper or run.pid, run.start, run.report)
            raise NotStarted(f"a run that waited was ended from outside: {error}") from error
        run.start.close()
        self._running[run.pid] = run
        return run.pid

    def reap(self, pid: int) -> dict[str, Any]:
        """Ask the keeper, and wait for it and with it for all of the namespace."""
        run = self._running.pop(pid)
        if not run.keeper:
            run.report.close()
            return ended(pid)
        try:
            run.report.sendall(b"?")
            said = run.report.recv(4096)
        except OSError:
            said = b""
        run.report.close()
        os.waitpid(run.keeper, 0)
        lost = {"status": int(signal.SIGKILL), "cpu_seconds": 0.0, "peak_bytes": 0}
        answer: dict[str, Any] = json.loads(said) if said else lost
        return answer

    def _prepare(self) -> Waiting:
        start, theirs = socket.socketpair()
        report, keeper_report = socket.socketpair()
        start.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        keeper = _forked(partial(confinement.fork, self._walls))
        if keeper == 0:
            with_traceback(lambda: self._try_to_keep(theirs, keeper_report))
        theirs.close()
        keeper_report.close()
        pid = _sender(start)
        if pid is None:
            words = report.recv(MOST_WORDS_BYTES).decode(errors="replace")
            self._drop(keeper, start, report)
            raise NotStarted(f"a run could not be confined: {words or 'it ended early'}")
        if not self._walls.namespaces:
            pid, keeper = keeper, 0
        return Waiting(keeper, pid, start, report)

    def _drop(self, pid: int, *sockets: socket.socket) -> None:
        """Forget a run that never began."""
        for each in sockets:
            each.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def _try_to_keep(self, start: socket.socket, report: socket.socket) -> None:
        """Do as `_keep`; where that fails, tell the template why."""
        try:
            self._keep(start, report)
        except BaseException as error:
            with contextlib.suppress(OSError):  # in the run itself it is closed
                report.sendall(f"{type(error).__name__}: {error}".encode()[:MOST_WORDS_BYTES])
            raise

    def _keep(self, start: socket.socket, report: socket.socket) -> None:
        """In the new process: confine it for good, and be the run, or at the full level its keeper."""
        confinement.close_all_but((0, 1, 2, start.fileno(), report.fileno(), self._walls.ruleset, *self._walls.kept))
        confinement.confine(self._walls)
        confinement.die_with_parent()
        os.close(self._walls.ruleset)
        if not self._walls.namespaces:
            report.close()
            self._wait(start)
        pid = os.fork()
        if pid == 0:
            confinement.die_with_parent()
            report.close()
            self._wait(start)
        start.close()
        os.closerange(0, 3)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that Python has a handler for
        if report.recv(1):
            report.sendall(json.dumps(ended(pid)).encode())
        os._exit(0)

    def _wait(self, start: socket.socket) -> None:
        """In the run: tell that it is there, wait for its descriptors, serve."""
        start.sendall(b"+")
        said, descriptors, _, _ = socket.recv_fds(start, 65536, 3)
        start.close()
        if not said:
            os._exit(0)
        self._serve(descriptors, json.loads(said))


def ended(pid: int) -> dict[str, Any]:
    """Wait for a child: its status and what it used."""
    _, status, used = os.wait4(pid, 0)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"status": status, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_bytes": peak}


def with_traceback(action: Callable[[], None]) -> None:
    """Do what a process was forked for, and end it; the judge sees one that ended with `FAILED`, its output the traceback."""
    try:
        action()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(FAILED)
    os._exit(0)


def _forked(fork: Callable[[], int]) -> int:
    """What a fork answers.

    Raises:
        NotStarted: the system grants no further process.
    """
    try:
        return fork()
    except OSError as error:
        raise NotStarted(f"{error}") from error


def _sender(start: socket.socket) -> int | None:
    """Who wrote the first byte, as the kernel says and in the numbers of this process's namespace; None where it ended before."""
    data, ancillary, _, _ = start.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size))
    for level, kind, said in ancillary:
        if data and level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid: int = CREDENTIALS.unpack(said)[0]
            return pid
    return None
