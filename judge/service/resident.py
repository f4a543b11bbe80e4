"""The resident judge, from inside: `python -m judge.service.resident FOLDER`.

This process imports nothing heavy and only listens; one that it starts judges (`judge.service.serving`), one file at a time. So it always
answers, and what kills or stops the other costs one run a moment, no verdict. While nobody asks for anything neither of them runs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from judge.service.identity import identity
from judge.service.messages import Ahead, Alive, ChannelError
from judge.service.place import NoPlace, Place, require_own
from judge.service.requests import Cancelled, Chosen, Crashed, Event, Final, Judged, Request, Settings
from judge.service.resident_messages import (
    Ask,
    AskStatus,
    AskStop,
    Reply,
    ResidentRequest,
    Status,
    Stopping,
    Turned,
    Why,
    receive_asked,
    send,
)
from judge.service.worker_judge import WorkerJudge
from problems.frameworks import USUAL

IDLE_SECONDS = 15 * 60.0
REQUEST_SECONDS = 5.0
SILENT_SECONDS = 10.0  # less than a client waits, so that what hangs is ended here and not left behind
PREDECESSOR_SECONDS = 5.0
FORK_SERVER_SECONDS = 2.0  # for it to end where it carries out nothing
ALIVE_SECONDS = 1.0
LOOK_SECONDS = 0.1


class Resident:
    """Serves one user.

    Args:
        place: where it is reached.
        settings: of the sandbox to have ready.
        ahead: the cases to have ready, and the stamp of the problem's files.
        idle_seconds: after which it ends by itself.
        silent_seconds: after which the process that judges counts as hung.
    """

    def __init__(
        self,
        place: Place,
        settings: Settings,
        *,
        ahead: tuple[Ahead, str] | None = None,
        idle_seconds: float = IDLE_SECONDS,
        silent_seconds: float = SILENT_SECONDS,
    ) -> None:
        self._place = place
        self._settings = settings
        self._first = ahead
        self._idle_seconds = idle_seconds
        self._identity = identity(os.environ)
        self._stamps: dict[object, str] = {}
        self._began = self._active = time.monotonic()
        self._judged = 0
        self._fork_server_pid = 0
        self._busy = threading.Lock()
        self._wake, self._woken = socket.socketpair()
        self._ending = threading.Event()
        self._judge = WorkerJudge(silent_seconds=silent_seconds, looks_first=False, most_tries=1)

    def serve(self) -> None:
        """Listen until there was nothing to do for long, or until it is told to end."""
        with self._place.listen() as listener:
            listener.setblocking(False)
            try:
                self._get_ready()
                with self._fork_server():
                    self._listen(listener)
            finally:
                self._place.forget()
                self._judge.close()
                self._wake.close()
                self._woken.close()

    def _get_ready(self) -> None:
        """Have the sandbox started, and cases drawn."""
        if self._first is None:
            self._judge.prepare(None, USUAL.name, None, self._settings)
        else:
            order, self._stamps[order.problem] = self._first
            self._judge.prepare(order.problem, order.framework, order.seed, order.settings)

    @contextlib.contextmanager
    def _fork_server(self) -> Iterator[None]:
        """What carries out quick commands (`judge.service.fork_server`); it takes no more when its standard input closes."""
        command = [sys.executable, "-P", "-m", "judge.cli", str(self._place.folder)]
        try:
            server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        except OSError as error:  # commands are carried out without it
            say(f"has no fork server: {error}")
            yield
            return
        self._fork_server_pid = server.pid
        try:
            yield
        finally:
            assert server.stdin is not None
            server.stdin.close()  # it ends once the commands have ended that it carries out
            try:
                server.wait(FORK_SERVER_SECONDS)
            except subprocess.TimeoutExpired:  # nobody waits for a command that takes long
                threading.Thread(target=server.wait, daemon=True).start()

    def end(self) -> None:
        """End soon; from any thread, or from a signal."""
        self._ending.set()
        with contextlib.suppress(OSError):
            self._wake.send(b"x")

    def _listen(self, listener: socket.socket) -> None:
        while not self._ending.is_set():
            left = self._active + self._idle_seconds - time.monotonic()
            if left <= 0 and not self._busy.locked():
                say("ends: nothing to do")
                return
            ready, _, _ = select.select([listener, self._woken], [], [], max(left, 1.0))
            if listener not in ready:
                continue
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        """Thread: one request."""
        with connection:
            try:
                connection.settimeout(REQUEST_SECONDS)
                require_own(connection)
                request = receive_asked(connection)
                if request is not None:
                    self._handle(request, connection)
            except (OSError, NoPlace, ChannelError, msgspec.DecodeError) as error:
                say(f"a request came to nothing: {type(error).__name__}: {error}")

    def _handle(self, request: ResidentRequest, connection: socket.socket) -> None:
        match request:
            case AskStatus():
                send(connection, self._status())
            case AskStop():
                say("ends: it was told to")
                send(connection, Stopping())
                self.end()
            case Ask():
                self._active = time.monotonic()
                self._ask(request, connection)
                self._active = time.monotonic()

    def _ask(self, request: Ask, connection: socket.socket) -> None:
        if self._ending.is_set():
            send(connection, Turned(Why.ENDING))
        elif not self._is_current(request):
            say("ends: of another version or environment than its client, or a problem has changed")
            send(connection, Turned(Why.STALE))
            self.end()
        elif not self._busy.acquire(blocking=False):
            send(connection, Turned(Why.BUSY))
        else:
            try:
                reply = self._judged_now(request.request, connection)
            finally:
                self._busy.release()  # before the reply: who has it may ask again at once
            if not isinstance(reply, Cancelled):
                send(connection, reply)

    def _is_current(self, ask: Ask) -> bool:
        stamp = self._stamps.setdefault(ask.request.problem, ask.stamp)
        return ask.identity == self._identity and stamp == ask.stamp

    def _judged_now(self, request: Request, connection: socket.socket) -> Reply:
        self._judged += 1
        reply = self._final(request, connection)
        if request.seed is None and isinstance(reply, Judged):
            self._prepare_next(request)
        if isinstance(reply, Cancelled) and self._ending.is_set():
            return Turned(Why.ENDING)
        if isinstance(reply, Crashed):
            say(f"the process that judges ended on a file: {reply.why}")
            self._get_ready()
            return Turned(Why.LOST)
        return reply

    def _final(self, request: Request, connection: socket.socket) -> Final:
        """What comes of a request; the client hears on the way what is known, and each second that all goes on."""
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        number = self._judge.submit(request, events.put)
        with self._given_up_where_left(connection, number):
            while True:
                try:
                    event = events.get(timeout=ALIVE_SECONDS)
                except queue.Empty:
                    _tell(connection, Alive())
                    continue
                if isinstance(event, Final):
                    return event
                _tell(connection, event)

    def _prepare_next(self, request: Request) -> None:
        """The person who was told about this file will ask again soon, perhaps without a seed: have cases ready."""
        if isinstance(request.problem, Chosen) and request.framework is not None:
            self._judge.prepare(request.problem, request.framework, None, request.settings)

    @contextlib.contextmanager
    def _given_up_where_left(self, connection: socket.socket, number: int) -> Iterator[None]:
        """Give a request up that nobody waits for any more. A client says nothing after its request but that it has gone."""
        over, ended = socket.socketpair()

        def look() -> None:
            ready, _, _ = select.select([connection, ended], [], [])
            if ended not in ready:
                self._judge.cancel(number)

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        with over, ended:
            try:
                yield
            finally:
                over.send(b"x")
                thread.join()

    def _status(self) -> Status:
        from sandbox.clocks import resident_bytes

        pids = [pid for pid in (os.getpid(), self._judge.pid, self._fork_server_pid) if pid]
        return Status(
            pid=os.getpid(),
            worker_pid=self._judge.pid,
            ready=self._judge.ready,
            busy=self._busy.locked(),
            judged=self._judged,
            age_seconds=time.monotonic() - self._began,
            idle_seconds=max(0.0, self._active + self._idle_seconds - time.monotonic()),
            resident_bytes=sum(resident_bytes(pid) or 0 for pid in pids),
            identity=self._identity,
        )


def _tell(connection: socket.socket, word: Event | Alive) -> None:
    with contextlib.suppress(OSError):  # it has gone: another thread sees that, and gives its request up
        send(connection, word)


def say(sentence: str) -> None:
    """Write to the log."""
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} [{os.getpid()}] {sentence}", file=sys.stderr, flush=True)


def run(
    folder: Path, settings: Settings, *, ahead: tuple[Ahead, str] | None = None, idle_seconds: float = IDLE_SECONDS
) -> bool:
    """Be the resident judge until it ends; False where there is one already.

    Raises:
        NoPlace: it can't be reached safely.
    """
    with Place(folder, make=True) as place:
        until = time.monotonic() + PREDECESSOR_SECONDS
        while True:
            with place.lock() as mine:
                if mine:
                    _serve(Resident(place, settings, ahead=ahead, idle_seconds=idle_seconds))
                    return True
            if time.monotonic() > until:
                return False
            time.sleep(LOOK_SECONDS)  # one that was told to end is ending


def _serve(resident: Resident) -> None:
    signal.signal(signal.SIGTERM, lambda number, frame: resident.end())
    say("begins")
    resident.serve()


def main() -> int:
    """As it is started by `judge run`, detached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--ahead", type=lambda text: msgspec.json.decode(text, type=Ahead))
    parser.add_argument("--stamp", default="")
    parser.add_argument("--idle-seconds", type=float, default=IDLE_SECONDS)
    given = parser.parse_args()
    try:
        settings = Settings(sandbox=given.sandbox)
        ahead = (given.ahead, given.stamp) if given.ahead is not None else None
        return 0 if run(given.folder, settings, ahead=ahead, idle_seconds=given.idle_seconds) else 1
    except (NoPlace, OSError) as error:
        say(f"does not begin: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
