"""A process that judges, seen from outside. This imports nothing heavy."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable

import msgspec

from judge.service.early import taken
from judge.service.messages import ChannelError, Order, Ready, Submit, Word, frame, read_word

CLOSE_SECONDS = 5.0


class Gone(msgspec.Struct, frozen=True):
    """The process has ended; how, in words."""

    why: str


class Worker:
    """Starts the process, and hands on what it says.

    Args:
        deliver: told each word that it says, and once that it has gone, from a thread.
    """

    def __init__(self, deliver: Callable[[Word | Gone], None]) -> None:
        self._deliver = deliver
        self._process, self._said = taken()
        self._heard = time.monotonic()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.ready = False
        # Writing has a thread too: a process that reads nothing keeps nobody waiting but that.
        works = (self._read, self._write)
        self._threads = [threading.Thread(target=work, name="worker", daemon=True) for work in works]
        for thread in self._threads:
            thread.start()

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
        if isinstance(order, Submit):
            self._heard = time.monotonic()
        self._outbox.put(frame(order))

    def close(self) -> None:
        """End it, and with it the sandbox and all that runs in it."""
        self._process.kill()
        self._process.wait()
        self._outbox.put(None)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(CLOSE_SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._said.close()

    def _write(self) -> None:
        """Thread: what it is told."""
        stream = self._process.stdin
        assert stream is not None
        with contextlib.suppress(OSError, ValueError):  # it has gone
            while (data := self._outbox.get()) is not None:
                stream.write(data)
                stream.flush()

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


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
