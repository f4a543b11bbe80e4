"""A process that judges, seen from outside. This imports nothing heavy."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable

import msgspec

from judge.errors import JudgeError
from judge.workers.messages import (
    Alive,
    Cancel,
    Cancelled,
    ChannelError,
    Done,
    Noticed,
    Order,
    Ready,
    Refused,
    Stage,
    Task,
    Word,
    frame,
    read_word,
)

SILENT_SECONDS = 60.0
CLOSE_SECONDS = 5.0
TICK_SECONDS = 1.0


class Gone(msgspec.Struct, frozen=True):
    """The process has ended; how, in words."""

    why: str


class WorkerGone(JudgeError):
    """The process ended, or was ended because it was silent for too long."""


class Worker:
    """Starts the process, and hands on what it says.

    Args:
        deliver: told each word that it says, and once that it has gone, from a thread.
    """

    def __init__(self, deliver: Callable[[Word | Gone], None]) -> None:
        self._deliver = deliver
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "judge.workers.serving"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # an interruption at the terminal is for the one who waits, not for it
        )
        self._heard = time.monotonic()
        self._sending = threading.Lock()
        self.ready = False
        self._thread = threading.Thread(target=self._read, name="worker", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def silent_seconds(self) -> float:
        """Since it last said something. While it works it says so every second."""
        return time.monotonic() - self._heard

    def post(self, order: Order) -> None:
        """Tell it something. Where it has gone, `deliver` is told so anyway."""
        stream = self._process.stdin
        assert stream is not None
        with self._sending, contextlib.suppress(OSError, ValueError):
            if isinstance(order, Task):
                self._heard = time.monotonic()
            stream.write(frame(order))
            stream.flush()

    def close(self) -> None:
        """End it, and with it the sandbox and all that runs in it."""
        self._process.kill()
        self._process.wait()
        self._thread.join(CLOSE_SECONDS)
        with self._sending:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
        self._said.close()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        why = ""
        try:
            while (word := read_word(stream.read)) is not None:
                self._heard = time.monotonic()
                self.ready = self.ready or isinstance(word, Ready)
                self._deliver(word)
        except (ChannelError, msgspec.DecodeError, OSError, ValueError) as error:
            why = f"it said what can't be read: {error}"
            self._process.kill()
        self._deliver(Gone(why or self._how()))

    def _how(self) -> str:
        code = self._process.wait()
        with contextlib.suppress(OSError, ValueError):
            self._said.seek(max(0, self._said.seek(0, 2) - 2000))
            if said := self._said.read().decode(errors="replace").strip():
                return f"it ended ({_ending(code)}): {said}"
        return f"it ended ({_ending(code)})"


class Desk:
    """A process that judges one file after the other, for one who waits for each; a new one where it has gone.

    Args:
        silent_seconds: after which it counts as hung.
    """

    def __init__(self, silent_seconds: float = SILENT_SECONDS) -> None:
        self._silent_seconds = silent_seconds
        self._words: queue.SimpleQueue[Word | Gone] = queue.SimpleQueue()
        self._worker: Worker | None = None
        self._closed = False
        self._was_ready = False
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """Of the process; 0 where none runs."""
        return self._worker.pid if self._worker is not None else 0

    @property
    def ready(self) -> bool:
        """Whether the process that runs has imported all it needs."""
        return self._worker is not None and self._worker.ready

    @property
    def was_ready(self) -> bool:
        """Whether any process here ever had."""
        return self._was_ready or self.ready

    def post(self, order: Order) -> None:
        """Tell it something that is not answered."""
        self._running().post(order)

    def judge(
        self,
        task: Task,
        stage: Callable[[str], None] = lambda text: None,
        alive: Callable[[], None] = lambda: None,
    ) -> Done | Refused | Cancelled:
        """Judge one file.

        Args:
            task: the file.
            stage: told what is being done.
            alive: told each second that all goes on.

        Raises:
            WorkerGone: it ended, or hung, meanwhile; the next task gets a new one.
        """
        worker = self._running()
        worker.post(task)
        while True:
            try:
                word = self._words.get(timeout=TICK_SECONDS)
            except queue.Empty:
                if worker.silent_seconds > self._silent_seconds:
                    self._drop()
                    raise WorkerGone(f"it was silent for {self._silent_seconds:g} seconds") from None
                continue
            match word:
                case Gone():
                    self._drop()
                    raise WorkerGone(word.why)
                case Ready() | Alive():
                    alive()
                case Stage():
                    if word.number == task.number:
                        stage(word.text)
                case Noticed():
                    pass  # this caller waits for the whole
                case Done() | Refused() | Cancelled():
                    if word.number == task.number:
                        return word

    def cancel(self, number: int) -> None:
        """Nobody waits for this task any more."""
        if self._worker is not None:
            self._worker.post(Cancel(number))

    def close(self) -> None:
        """End the process, for good."""
        with self._lock:
            self._closed = True
        self._drop()

    def _running(self) -> Worker:
        with self._lock:
            if self._closed:
                raise WorkerGone("it was ended")
            if self._worker is None:
                words: queue.SimpleQueue[Word | Gone] = queue.SimpleQueue()
                self._words = words
                self._worker = Worker(words.put)
            return self._worker

    def _drop(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
            self._was_ready = self._was_ready or (worker is not None and worker.ready)
        if worker is not None:
            worker.close()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
