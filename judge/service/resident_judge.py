"""Judging in the resident judge; whatever goes wrong with that ends in judging without it. This imports nothing heavy."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from judge.service.identity import identity, problem_stamp
from judge.service.look import looked_at, problem_of
from judge.service.messages import Ahead, ChannelError
from judge.service.place import NoPlace, Place, peer
from judge.service.requests import Cancelled, Chosen, Event, Final, Judge, Refused, Request, Settings, Tell
from judge.service.resident_messages import (
    Ask,
    AskStatus,
    AskStop,
    Status,
    Stopping,
    Turned,
    Why,
    receive_reply,
    send,
)
from judge.settings import Places
from problems import BrokenProblem, Catalogue
from problems.trust import make_private

SILENT_SECONDS = 15.0
STATUS_SECONDS = 5.0
CLOSE_SECONDS = 5.0
MOST_LOG_BYTES = 1 << 20
TROUBLE = (OSError, NoPlace, ChannelError, msgspec.DecodeError, ValueError)


class ResidentJudge:
    """Has files judged by the resident judge, one connection for each; where that can't be, by another one.

    Args:
        places: where the socket and the log are.
        environment: of this process.
        otherwise: who judges what the resident judge does not.
        catalogue: the problems there are; None: those of a request's packs.
        silent_seconds: after which a resident judge that says nothing counts as hung.

    Attributes:
        note: why the last file was not judged there; "" where it was, or where there was none.
        missing: there is none, or it is ending: one can be started.
    """

    def __init__(
        self,
        places: Places,
        environment: Mapping[str, str],
        otherwise: Judge,
        *,
        catalogue: Catalogue | None = None,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._places = places
        self._environment = dict(environment)  # as it is now: importing torch adds to it
        self._otherwise = otherwise
        self._catalogue = catalogue
        self._silent_seconds = silent_seconds
        self._numbers = itertools.count(1)
        self._open: dict[int, _Asking] = {}
        self._last: Request | None = None
        self.note = ""
        self.missing = False

    def submit(self, request: Request, tell: Tell) -> int:
        """Have a file judged; in a thread, as another file can be asked for meanwhile."""
        number = next(self._numbers)
        found = looked_at(number, request, self._catalogue)
        if not isinstance(found, Request):
            tell(found)
            return number
        self._last = found
        self.note, self.missing = "", False
        asking = _Asking()
        asking.thread = threading.Thread(
            target=self._ask, args=(number, found, tell, asking), name="resident", daemon=True
        )
        self._open[number] = asking
        asking.thread.start()
        return number

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        """Nothing: the resident judge prepares for itself what it was asked for last."""

    def cancel(self, number: int) -> None:
        """Nobody waits for this request any more."""
        asking = self._open.get(number)
        if asking is None:
            return
        with asking.lock:
            asking.cancelled = True
            connection, other = asking.connection, asking.other
        if other is not None:
            self._otherwise.cancel(other)
        elif connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give up what is open. The resident judge goes on."""
        asked = dict(self._open)
        for number in asked:
            self.cancel(number)
        self._otherwise.close()
        for asking in asked.values():
            if asking.thread is not None and asking.thread is not threading.current_thread():
                asking.thread.join(CLOSE_SECONDS)

    def start(self, settings: Settings) -> None:
        """Leave a resident judge behind for the next time, detached from this process and its terminal; ready for the same problem."""
        log = self._places.server_log
        command = [sys.executable, "-P", "-m", "judge.service.resident", str(self._places.server_folder)]
        command += ["--sandbox", settings.sandbox]
        last = self._last
        if last is not None and isinstance(last.problem, Chosen) and last.framework is not None:
            ahead = Ahead(last.problem, last.framework, None, settings)
            with contextlib.suppress(BrokenProblem):  # since it was judged; then nothing is prepared
                stamp = problem_stamp(problem_of(last.problem))
                command += ["--ahead", msgspec.json.encode(ahead).decode(), "--stamp", stamp]
        try:
            make_private(log.parent)
            mode = "wb" if log.exists() and log.stat().st_size > MOST_LOG_BYTES else "ab"
            with log.open(mode) as stream:
                # The shell ends at once, so that nobody has to wait for what it started.
                subprocess.run(
                    ["/bin/sh", "-c", '"$@" &', "sh", *command],
                    cwd="/",
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stream,
                    start_new_session=True,
                    check=False,
                )
        except OSError as error:
            self.note = f"none can be started: {error.strerror}"

    def _ask(self, number: int, request: Request, tell: Tell, asking: _Asking) -> None:
        """Thread: one request."""
        try:
            self._ask_here_or_there(number, request, tell, asking)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for a final event
            from judge.service.refusing import refused

            tell(refused(number, error, lambda: None))
        self._open.pop(number, None)

    def _ask_here_or_there(self, number: int, request: Request, tell: Tell, asking: _Asking) -> None:
        final = self._answer(number, request, tell, asking)
        if final is None:
            with asking.lock:
                cancelled = asking.cancelled
                if not cancelled:
                    ended = threading.Event()

                    def told(event: Event) -> None:
                        tell(msgspec.structs.replace(event, number=number))
                        if isinstance(event, Final):
                            ended.set()

                    asking.other = self._otherwise.submit(request, told)
            if cancelled:
                tell(Cancelled(number))
            else:
                ended.wait()
        else:
            tell(msgspec.structs.replace(final, number=number))

    def _answer(self, number: int, request: Request, tell: Tell, asking: _Asking) -> Final | None:
        """What comes of it in the resident judge, or None: then it has to be judged without."""
        try:
            with Place(self._places.server_folder) as place, place.connect(self._silent_seconds) as connection:
                with asking.lock:
                    asking.connection = connection
                    if asking.cancelled:
                        return Cancelled(number)
                try:
                    return self._unless_silent(connection, lambda: self._asked(connection, number, request, tell))
                finally:
                    with asking.lock:
                        asking.connection = None
        except (FileNotFoundError, ConnectionRefusedError):
            self.missing = True
        except NoPlace as error:
            self.missing = isinstance(error.__cause__, FileNotFoundError)
            self.note = "" if self.missing else str(error)
        except TROUBLE as error:
            if not asking.cancelled:
                self.missing = True
                self.note = f"it ended in the middle ({type(error).__name__}: {error})"
        return None

    def _unless_silent(self, connection: socket.socket, ask: Callable[[], Final | None]) -> Final | None:
        """What it answers; where it says nothing for long, it is ended, so that the next run does not wait as well."""
        try:
            return ask()
        except TimeoutError:
            self.note = f"it said nothing for {self._silent_seconds:g} seconds and was ended"
            self.missing = True
            pid, _ = peer(connection)
            os.kill(pid, signal.SIGKILL)
            return None

    def _asked(self, connection: socket.socket, number: int, request: Request, tell: Tell) -> Final | None:
        assert isinstance(request.problem, Chosen)  # it was looked at
        stamp = problem_stamp(problem_of(request.problem))
        send(connection, Ask(identity(self._environment), stamp, request))
        while True:
            reply = receive_reply(connection)
            if reply is None:
                raise ConnectionResetError("the connection was closed")
            if isinstance(reply, Turned):
                self.note = reply.why.value
                self.missing = reply.why in (Why.STALE, Why.ENDING)
                return None
            if isinstance(reply, Refused):
                self.note = reply.sentence  # judging without it meets the same, or not
                return None
            if isinstance(reply, Final):
                return reply
            if isinstance(reply, Event):
                tell(msgspec.structs.replace(reply, number=number))


class _Asking:
    """A request that is open: its connection, or the number that it has where it is judged otherwise."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.connection: socket.socket | None = None
        self.other: int | None = None
        self.cancelled = False
        self.thread: threading.Thread | None = None


def ask_status(folder: Path, *, seconds: float = STATUS_SECONDS) -> Status | None:
    """How the resident judge is; None where there is none.

    Raises:
        NoPlace: its folder is not safe, or it does not answer.
    """
    try:
        with Place(folder) as place, place.connect(seconds) as connection:
            send(connection, AskStatus())
            reply = receive_reply(connection)
    except (FileNotFoundError, ConnectionError):
        return None
    except NoPlace as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise
    except TROUBLE as error:
        raise NoPlace(f"It does not answer ({type(error).__name__}). `judge server stop` ends it.") from error
    return reply if isinstance(reply, Status) else None


def ask_stop(folder: Path, *, seconds: float = STATUS_SECONDS) -> bool:
    """End the resident judge, by force where it does not answer; whether there was one.

    Raises:
        NoPlace: its folder is not safe, or it can't be ended.
    """
    try:
        with Place(folder) as place, place.connect(seconds) as connection:
            pid, _ = peer(connection)
            _stop(connection, pid, seconds)
    except (FileNotFoundError, ConnectionError):
        return False
    except NoPlace as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return False
        raise
    return True


def _stop(connection: socket.socket, pid: int, seconds: float) -> None:
    try:
        send(connection, AskStop())
        if isinstance(receive_reply(connection), Stopping) and _has_ended(pid, seconds):
            return
    except TROUBLE:
        pass  # hung, or of a version that speaks otherwise
    os.kill(pid, signal.SIGKILL)  # of this user, and at the other end of this connection
    if not _has_ended(pid, seconds):
        raise NoPlace(f"The process {pid} does not end.")


def _has_ended(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False
