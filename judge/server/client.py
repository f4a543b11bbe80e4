"""Asking the resident judge; whatever goes wrong with that ends in judging without it. This imports nothing heavy."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from judge.configuration import Configuration, Places
from judge.server.identity import identity, problem_stamp
from judge.server.messages import (
    Ask,
    AskStatus,
    AskStop,
    Reply,
    Status,
    Stopping,
    Turned,
    Why,
    receive_reply,
    send,
)
from judge.server.place import NoPlace, Place, peer
from judge.submission import Submission
from judge.verdict import Verdict
from judge.workers.messages import Ahead, Alive, ChannelError, Done, Refused, Stage, Task, chosen, settings_of
from problems.trust import make_private

SILENT_SECONDS = 15.0
STATUS_SECONDS = 5.0
MOST_LOG_BYTES = 1 << 20
TROUBLE = (OSError, NoPlace, ChannelError, msgspec.DecodeError, ValueError)


class Client:
    """One `judge run`.

    Args:
        places: where the socket and the log are.
        configuration: limits and sandbox.
        environment: of this process.
        silent_seconds: after which a resident judge that says nothing counts as hung.

    Attributes:
        note: why the file was not judged there; "" where it was, or where there was none.
        missing: there is none, or it is ending: one can be started.
    """

    def __init__(
        self,
        places: Places,
        configuration: Configuration,
        environment: Mapping[str, str],
        *,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._places = places
        self._configuration = configuration
        self._environment = dict(environment)  # as it is now: importing torch adds to it
        self._silent_seconds = silent_seconds
        self._submission: Submission | None = None
        self.note = ""
        self.missing = False

    def judge(self, submission: Submission, seed: int | None, progress: Callable[[str], None] | None) -> Verdict | None:
        """The verdict, or None: then it has to be found without the resident judge."""
        self._submission = submission
        try:
            with Place(self._places.server_folder) as place, place.connect(self._silent_seconds) as connection:
                return self._unless_silent(connection, lambda: self._asked(connection, submission, seed, progress))
        except (FileNotFoundError, ConnectionRefusedError):
            self.missing = True
        except NoPlace as error:
            self.missing = isinstance(error.__cause__, FileNotFoundError)
            self.note = "" if self.missing else str(error)
        except TROUBLE as error:
            self.missing = True
            self.note = f"it ended in the middle ({type(error).__name__}: {error})"
        return None

    def _unless_silent(self, connection: socket.socket, ask: Callable[[], Verdict | None]) -> Verdict | None:
        """What it answers; where it says nothing for long, it is ended, so that the next run does not wait as well."""
        try:
            return ask()
        except TimeoutError:
            self.note = f"it said nothing for {self._silent_seconds:g} seconds and was ended"
            self.missing = True
            pid, _ = peer(connection)
            os.kill(pid, signal.SIGKILL)
            return None

    def start(self) -> None:
        """Leave a resident judge behind for the next time, detached from this process and its terminal; ready for the same problem."""
        log = self._places.server_log
        command = [sys.executable, "-P", "-m", "judge.server.resident", str(self._places.server_folder)]
        command += ["--sandbox", self._configuration.sandbox]
        if self._submission is not None:
            settings = settings_of(self._configuration, own_code=True)
            problem, framework = self._submission.problem, self._submission.framework
            ahead = Ahead(chosen(problem), framework, secrets.randbelow(2**32), settings)
            command += ["--ahead", msgspec.json.encode(ahead).decode(), "--stamp", problem_stamp(problem)]
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

    def _asked(
        self,
        connection: socket.socket,
        submission: Submission,
        seed: int | None,
        progress: Callable[[str], None] | None,
    ) -> Verdict | None:
        send(
            connection,
            Ask(identity(self._environment), problem_stamp(submission.problem), self._task(submission, seed)),
        )
        while True:
            match self._reply(connection):
                case Stage(text=text):
                    if progress is not None:
                        progress(text)
                case Done() as done:
                    return done.verdict
                case Turned(why=why):
                    self.note = why.value
                    self.missing = why in (Why.STALE, Why.ENDING)
                    return None
                case Refused(sentence=sentence):
                    self.note = sentence  # judging without it meets the same, or not
                    return None
                case Alive() | _:
                    pass

    def _reply(self, connection: socket.socket) -> Reply:
        reply = receive_reply(connection)
        if reply is None:
            raise ConnectionResetError("the connection was closed")
        return reply

    def _task(self, submission: Submission, seed: int | None) -> Task:
        return Task(
            number=0,
            source=submission.data,
            filename=submission.filename,
            problem=chosen(submission.problem),
            framework=submission.framework,
            seed=secrets.randbelow(2**32) if seed is None else seed,
            any_seed=seed is None,
            settings=settings_of(self._configuration, own_code=True),
        )


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
