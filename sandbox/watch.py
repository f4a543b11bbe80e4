"""What a run in a container uses, asked of a process beside it there: for engines whose processes this machine does not see."""

from __future__ import annotations

import contextlib
import threading
import time

from sandbox.clocks import Mark, Usage
from sandbox.engine import Connection
from sandbox.streams import PIECE

ANSWER_SECONDS = 5.0
MOST_BYTES = 4096


class Watch:
    """Asks `sandbox.guest.watch`.

    Args:
        connection: to it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._connection.answers_within(ANSWER_SECONDS)
        self._lock = threading.Lock()
        self._lost = False

    def mark(self) -> Mark:
        """This moment."""
        words = self._asked()
        return Mark(time.monotonic(), Usage(float(words[0]), float(words[1])) if words else None)

    def resident_bytes(self) -> int | None:
        """Its resident memory; None where it is gone."""
        words = self._asked()
        return int(words[2]) if words else None

    def close(self) -> None:
        """Let the process end."""
        self._connection.close()

    def _asked(self) -> list[str]:
        """The three numbers; none where the run or the process that is asked has gone."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            if self._lost:
                return []
            self._lost = True  # until it has answered: an answer that comes late would be taken for the next one
            self._connection.sendall(b"?")
            line = b""
            while not line.endswith(b"\n") and len(line) < MOST_BYTES:
                _, count = PIECE.unpack(self._exactly(PIECE.size))
                line += self._exactly(count)
            self._lost = False
            return line.decode().split()
        return []

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._connection.recv(count - len(data))
            if not part:
                raise ConnectionError("it has ended")
            data += part
        return data
