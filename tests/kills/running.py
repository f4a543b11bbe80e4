"""A command on its way: what it prints is read as it comes, and what is typed reaches it, through pipes or through a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Sequence

from tests.kills import room

SECONDS = 90.0
TICK_SECONDS = 0.02
ROWS, COLUMNS = 60, 100
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Hung(Exception):
    """It did not come to what it had to come to."""


class Running:
    """A command.

    Args:
        command: its words.
        environment: of it.
        apart: standard error is kept apart, as where standard output is data.
        terminal: it is given a terminal.
    """

    def __init__(
        self, command: Sequence[str], environment: dict[str, str], *, apart: bool = False, terminal: bool = False
    ) -> None:
        self._parts: dict[int, list[bytes]] = {}
        self._threads: list[threading.Thread] = []
        if terminal:
            self._typing = self._at_a_terminal(command, environment)
        else:
            self._typing = self._with_pipes(command, environment, apart)
        room.OWN.add(self.process.pid)

    @property
    def text(self) -> str:
        """What it has printed, without what moves a cursor."""
        return self._text(1)

    @property
    def errors(self) -> str:
        """What it has printed on standard error, where that is kept apart."""
        return self._text(2)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    def type(self, text: str) -> None:
        """Type something; where nobody reads it, nothing."""
        with contextlib.suppress(OSError):
            os.write(self._typing, text.encode())

    def interrupt(self) -> None:
        """As Ctrl-C does."""
        if not self.over:
            self.process.send_signal(signal.SIGINT)

    def until(self, good: Callable[[str], object], seconds: float = SECONDS) -> bool:
        """Wait until what it has printed is good; False where it ended before.

        Raises:
            Hung: neither happens.
        """
        deadline = time.monotonic() + seconds
        while True:
            over = self.over  # before the look at what it has printed: all of that is there then
            if over:
                self._read_out()
            if good(self.text):
                return True
            if over:
                return False
            if time.monotonic() > deadline:
                raise Hung(f"it waits for something; the last that it said: {self.text[-400:]!r}")
            time.sleep(TICK_SECONDS)

    def ended(self) -> int:
        """Wait for its end; its exit status.

        Raises:
            Hung: it does not end.
        """
        try:
            status = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise Hung(f"it does not end; the last that it said: {self.text[-400:]!r}") from None
        self._read_out()
        return status

    def close(self) -> None:
        """End it where it has not, and free what belongs to it."""
        if not self.over:
            self.process.kill()
            self.process.wait()
        self._read_out()
        if self._typing >= 0:
            os.close(self._typing)
            self._typing = -1
        room.OWN.discard(self.process.pid)

    def _with_pipes(self, command: Sequence[str], environment: dict[str, str], apart: bool) -> int:
        reading, typing = os.pipe()
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=reading,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if apart else subprocess.STDOUT,
        )
        os.close(reading)
        for number, stream in ((1, self.process.stdout), (2, self.process.stderr)):
            if stream is not None:
                self._read(number, os.dup(stream.fileno()))
                stream.close()
        return typing

    def _at_a_terminal(self, command: Sequence[str], environment: dict[str, str]) -> int:
        mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            command,
            env={**environment, "TERM": "xterm-256color"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._read(1, os.dup(mine))
        return mine

    def _read(self, number: int, descriptor: int) -> None:
        parts = self._parts.setdefault(number, [])

        def read() -> None:
            try:
                with contextlib.suppress(OSError):  # a terminal whose other end has gone
                    while part := os.read(descriptor, 1 << 16):
                        parts.append(part)
            finally:
                os.close(descriptor)

        self._threads.append(threading.Thread(target=read, daemon=True))
        self._threads[-1].start()

    def _read_out(self) -> None:
        """All that it has printed, once it has ended. What it has started may hold the other end still, and is not waited for."""
        for thread in self._threads:
            thread.join(1.0)

    def _text(self, number: int) -> str:
        return ESCAPES.sub("", b"".join(self._parts.get(number, [])).decode(errors="replace"))
