"""A container's standard streams, carried between the engine's socket and the pipes that the door reads and writes.

The engine sends standard output and error as one stream of pieces, each with a head (Docker Engine API, "Attach to a container"). The
first line of standard output and the last bytes of standard error are the keeper's (`sandbox.guest.keeper`) and are taken out.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import struct
import threading

from sandbox.engine import Connection
from sandbox.guest.report import REPORT
from sandbox.warm import widen

PIECE = struct.Struct(">BxxxL")
OUTPUT, ERROR = 1, 2
MOST_BYTES = 1 << 18
MOST_LINE_BYTES = 1 << 16


class Streams:
    """Carries bytes both ways, in threads of its own, until the container has ended.

    Args:
        connection: to the container.

    Attributes:
        token: the keeper's report begins with it.
        tasks: to be written: standard input.
        answers: to be read: standard output, after its first line.
        output: to be read: standard error.
    """

    def __init__(self, connection: Connection) -> None:
        self.token = secrets.token_bytes(16)
        self._connection = connection
        self._first = bytearray()
        self._has_first = threading.Event()
        self._ended = threading.Event()
        self._last = b""
        self._tasks, self.tasks = os.pipe()
        self.answers, self._answers = os.pipe()
        self.output, self._output = os.pipe()
        for pipe in (self.tasks, self._answers):
            widen(pipe)
        for carry in (self._carry_out, self._carry_in):
            threading.Thread(target=carry, daemon=True).start()

    def first_line(self, seconds: float) -> bytes | None:
        """The first line of standard output; None where there is none within that time, or before the end."""
        self._has_first.wait(seconds)
        return bytes(self._first) if self._first.endswith(b"\n") else None

    def ended_within(self, seconds: float) -> bool:
        """Wait for the end of the streams, that is, of the container."""
        return self._ended.wait(seconds)

    def report(self) -> tuple[int, int, float] | None:
        """The keeper's last words, after the end: status as of wait4(2), peak of memory in bytes, CPU seconds."""
        if len(self._last) != REPORT.size:
            return None
        token, status, peak, cpu = REPORT.unpack(self._last)
        return (status, peak, cpu) if token == self.token else None

    def end_input(self) -> None:
        """Close standard input: the keeper then ends its container by itself, and what was said before still comes."""
        with contextlib.suppress(
            OSError, AttributeError
        ):  # the other side was first; Windows' pipes can't: they are killed
            self._connection.shutdown(socket.SHUT_WR)

    def hang_up(self) -> None:
        """Close the connection: the keeper then ends its container by itself."""
        self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _carry_in(self) -> None:
        """Thread: standard input, until the door closes it or the container has ended."""
        with contextlib.suppress(OSError):
            while data := os.read(self._tasks, MOST_BYTES):
                self._connection.sendall(data)
        os.close(self._tasks)

    def _carry_out(self) -> None:
        """Thread: standard output and error, until the end."""
        into: dict[int, int | None] = {OUTPUT: self._answers, ERROR: self._output}
        try:
            while head := self._exactly(PIECE.size):
                stream, left = PIECE.unpack(head)
                while left and (data := self._some(min(left, MOST_BYTES))):
                    left -= len(data)
                    data = self._without_first_line(data) if stream == OUTPUT else self._without_last_bytes(data)
                    _pass_on(into, stream, data)
        finally:
            self._ended.set()
            self._has_first.set()
            self._connection.shutdown(socket.SHUT_RDWR)  # what is still on its way in has nobody to read it
            if self.report() is None:
                _pass_on(into, ERROR, self._last)
            os.close(self._answers)
            os.close(self._output)

    def _without_first_line(self, data: bytes) -> bytes:
        if self._has_first.is_set():
            return data
        line, end, rest = data.partition(b"\n")
        self._first += line + end
        if end or len(self._first) > MOST_LINE_BYTES:
            self._has_first.set()
        return rest

    def _without_last_bytes(self, data: bytes) -> bytes:
        """What may be passed on of standard error: its last bytes may be the report."""
        held = self._last + data
        self._last = held[-REPORT.size :]
        return held[: -REPORT.size]

    def _exactly(self, count: int) -> bytes:
        """So many bytes; b"" at the end."""
        data = b""
        while len(data) < count:
            part = self._some(count - len(data))
            if not part:
                return b""
            data += part
        return data

    def _some(self, most: int) -> bytes:
        try:
            data: bytes = self._connection.recv(most)
        except OSError:
            return b""
        return data


def _pass_on(into: dict[int, int | None], stream: int, data: bytes) -> None:
    """Write to the stream's pipe; where nobody reads it any more, the rest goes nowhere."""
    pipe = into.get(stream)
    view = memoryview(data)
    try:
        while view and pipe is not None:
            view = view[os.write(pipe, view) :]
    except OSError:
        into[stream] = None
