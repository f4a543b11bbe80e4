"""Carries out quick commands of `judge` in forks of a process that has everything imported: `python -m judge.cli FOLDER`.

The resident judge starts it, and it ends with the resident judge, when its standard input closes. It does for a client what the client
(`judge.service.thin_client`) would have done by itself: with its arguments, environment, working folder, standard streams and umask.
It declines where that would not be the same: another interpreter, environment, limits or namespaces, or changed files.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import random
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from judge.service.identity import identity
from judge.service.place import NoPlace, Place, peer, require_own
from judge.service.thin_client import (
    BEGUN,
    DECLINED,
    ENDED,
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    GO,
    KILLED,
    QUICK,
    READY,
    SOCKET,
)
from sandbox.guest.walls import die_with_parent

LATE = (
    "judge.records",
    "judge.reports.practice",
    "judge.reports.terminal",
    "judge.service.resident_judge",
    "judge.isolation",
    "rich.console",
    "rich.markdown",
    "rich.syntax",
)
"""What quick commands import when they need it: here it is imported before."""
Main = Callable[[Sequence[str]], int]
REQUEST_SECONDS = 2.0
MOST_BYTES = 1 << 22
MOST_RUNNING = 64
PASSED = 4  # descriptors: the three standard streams and the working folder


class Asked:
    """A command that a client wants.

    Args:
        data: what it sent.
        descriptors: its three standard streams and its working folder.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, data: bytes, descriptors: Sequence[int]) -> None:
        fields = [os.fsdecode(each) for each in data.split(b"\0")]
        if len(descriptors) != PASSED or len(fields) < 8:
            raise ValueError("a request is incomplete")
        self.interpreter = tuple(fields[:3])
        self.encodings = [each.split(":") for each in fields[3:6]]
        self.mask, count = int(fields[6]), int(fields[7])
        self.arguments = fields[8 : 8 + count]
        self.environment = dict(each.split("=", 1) for each in fields[8 + count :])
        self.descriptors = descriptors


class ForkServer:
    """Serves one user.

    Args:
        place: where it is reached.
        main: carries out a command line.
    """

    def __init__(self, place: Place, main: Main) -> None:
        self._place = place
        self._main = main
        folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self._interpreter = (os.path.realpath(sys.executable), sys.prefix, folder)
        self._identity = identity(os.environ)
        self._running: dict[int, tuple[socket.socket, int]] = {}  # connection and process, by what tells its end
        self._listener: socket.socket

    def serve(self) -> None:
        """Until standard input closes, and what was begun by then has ended."""
        with self._place.listen(SOCKET) as self._listener:
            own = self._place.number(SOCKET)
            try:
                while self._step(listening=True):
                    pass
            finally:
                if self._place.number(SOCKET) == own:  # there may be a successor already
                    self._place.forget(SOCKET)
        while self._running:
            self._step(listening=False)

    def _step(self, *, listening: bool) -> bool:
        """Wait for one thing to happen; whether to go on listening."""
        connections = {connection.fileno(): end for end, (connection, _) in self._running.items()}
        waiting = [*self._running, *connections]
        if listening:
            waiting += [sys.stdin.fileno(), *([self._listener.fileno()] if len(self._running) < MOST_RUNNING else [])]
        ready, _, _ = select.select(waiting, [], [])
        if listening and sys.stdin.fileno() in ready:
            return False
        for end in [each for each in ready if each in self._running]:
            self._ended(end)
        for gone in [each for each in ready if each in connections and connections[each] in self._running]:
            os.kill(self._running[connections[gone]][1], signal.SIGTERM)  # nobody waits for it any more
        return not listening or self._listener.fileno() not in ready or self._accepted()

    def _accepted(self) -> bool:
        """Take one request; whether to go on: not where the judge's files have changed."""
        connection, _ = self._listener.accept()
        descriptors: list[int] = []
        current = True
        try:
            connection.settimeout(REQUEST_SECONDS)
            require_own(connection)
            asked = Asked(_received(connection, descriptors), descriptors)
            if asked.interpreter != self._interpreter:
                _say(connection, DECLINED, 0)
            elif identity(asked.environment, peer(connection)[0]) != self._identity:
                _say(connection, DECLINED, 0)
                current = identity(os.environ) == self._identity
            else:
                self._begin(asked, connection)
                return True
        except (OSError, ValueError, NoPlace) as error:
            print(f"a command came to nothing: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            for each in descriptors:
                os.close(each)
        connection.close()
        return current

    def _begin(self, asked: Asked, connection: socket.socket) -> None:
        """Fork, once the client has said that it still waits: one that gave up carries the command out by itself.

        Raises:
            OSError: it has gone, or says nothing.
            ValueError: it says something else.
        """
        _say(connection, READY, 0)
        if _part(connection, 1) != GO:
            raise ValueError("a client does not go on")
        try:
            process = os.fork()
        except OSError:
            _say(connection, DECLINED, 0)
            raise
        if process == 0:
            self._carry_out(asked)
        self._running[os.pidfd_open(process)] = connection, process
        with contextlib.suppress(OSError):  # it has gone since: that is seen in the next step
            _say(connection, BEGUN, process)

    def _carry_out(self, asked: Asked) -> NoReturn:
        """In the fork: be the client's command."""
        status = EXIT_FAILED
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            die_with_parent()
            _take_over(asked)
            kept = {0, 1, 2}
            for each in [number for number in map(int, os.listdir("/proc/self/fd")) if number not in kept]:
                with contextlib.suppress(OSError):  # the one that listed them
                    os.close(each)
            status = self._main(asked.arguments)
        except KeyboardInterrupt:
            status = EXIT_INTERRUPTED
        except SystemExit as stopped:
            status = stopped.code if isinstance(stopped.code, int) else EXIT_FAILED
        except Exception:  # noqa: BLE001 - of this module: the command says its own
            sys.excepthook(*sys.exc_info())
        finally:
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            os._exit(status)

    def _ended(self, end: int) -> None:
        """Tell the client how its command ended."""
        connection, process = self._running.pop(end)
        os.close(end)
        _, status = os.waitpid(process, 0)
        code = os.waitstatus_to_exitcode(status)
        with connection, contextlib.suppress(OSError):  # it may have gone
            _say(connection, ENDED if code >= 0 else KILLED, abs(code))


def _take_over(asked: Asked) -> None:
    """Put everything of the client in the place of what was here."""
    *streams, folder = asked.descriptors
    for number, each in enumerate(streams):
        os.dup2(each, number)
    os.fchdir(folder)
    os.umask(asked.mask)
    os.environ.clear()
    os.environ.update(asked.environment)
    time.tzset()
    random.seed()
    sys.argv = ["judge", *asked.arguments]
    modes = ("r", -1), ("w", -1), ("w", 1)
    opened = [
        open(  # noqa: SIM115 - they stay open
            number, mode, buffering, encoding=encoding, errors=errors, closefd=False
        )
        for number, ((mode, buffering), (encoding, errors)) in enumerate(zip(modes, asked.encodings, strict=True))
    ]
    sys.stdin, sys.stdout, sys.stderr = opened


def _received(connection: socket.socket, descriptors: list[int]) -> bytes:
    """What a client sends; the descriptors that come with it are added as they come.

    Raises:
        ValueError: it is too long, or breaks off.
    """
    head, passed, _, _ = socket.recv_fds(connection, 8, PASSED)
    descriptors += passed
    while len(head) < 8:
        head += _part(connection, 8 - len(head))
    left, data = int.from_bytes(head, "big"), b""
    if left > MOST_BYTES:
        raise ValueError("a request is too long")
    while len(data) < left:
        data += _part(connection, left - len(data))
    return data


def _part(connection: socket.socket, most: int) -> bytes:
    data = connection.recv(min(most, 1 << 16))
    if not data:
        raise ValueError("a request breaks off")
    return data


def _say(connection: socket.socket, letter: bytes, number: int) -> None:
    connection.sendall(letter + number.to_bytes(8, "big"))


def serve(folder: Path, main: Main, commands: Mapping[str, str]) -> int:
    """Serve until standard input closes; the exit status.

    Args:
        folder: where it is reached.
        main: carries out a command line.
        commands: the module below `judge.commands` of each command, and its function: "judging:run".
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in [*(f"judge.commands.{commands[each].partition(':')[0]}" for each in sorted(QUICK)), *LATE]:
        importlib.import_module(name)
    os.close(os.pidfd_open(os.getpid()))  # the kernel has it, or nothing is served
    gc.freeze()  # so that a fork's collections touch none of it, and no page is copied for them
    with Place(folder) as place:
        ForkServer(place, main).serve()
    return 0
