"""What goes into a run and comes out of it, in threads, so that neither waits for the other: what it is sent, its answers, its output."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import time
from collections import deque

import msgspec

from sandbox.clocks import Mark, Meter
from sandbox.guest.wire import HEAD, READY, ProtocolError, unpack_head

MOST_AT_ONCE = 1 << 20
LITTLE = 1 << 14
# After few bytes, before the next are read: small answers come in crowds, and to be woken for each costs more than to carry them out.
PAUSE_SECONDS = 0.0005
ROOM_SECONDS = 0.02


class Received(msgspec.Struct):
    """A frame, and when it came."""

    sequence: int
    text: bytes
    payload: bytearray
    mark: Mark


class Answers:
    """Frames, as they come.

    Args:
        descriptor: they are read from it.
        key: that each must begin with.
        most_bytes: of a frame's parts.
        meter: reads what the process had used when a frame came.

    Attributes:
        ready: the run has said that it is confined and waits for its file. It says so before it has seen any user code.
    """

    def __init__(self, descriptor: int, key: bytes, most_bytes: int, meter: Meter) -> None:
        self._descriptor = descriptor
        self._key = key
        self._most_bytes = most_bytes
        self._meter = meter
        self.ready = False
        self._data = bytearray()
        self._crowds: queue.SimpleQueue[list[Received] | str | None] = queue.SimpleQueue()
        self._waiting: deque[Received] = deque()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def get(self, timeout: float) -> Received | str | None:
        """The next frame; None at the end; a text, where the stream is malformed.

        Raises:
            queue.Empty: nothing came within that time.
        """
        if not self._waiting:
            crowd = self._crowds.get(timeout=timeout)
            if crowd is None or isinstance(crowd, str):
                return crowd
            self._waiting.extend(crowd)
        return self._waiting.popleft()

    def _read(self) -> None:
        """Thread: what comes into the queue, and at last how it ended."""
        fault: str | None = None
        while fault is None:
            try:
                part = os.read(self._descriptor, MOST_AT_ONCE)
            except OSError:
                break
            if not part:
                break
            self._data += part
            try:
                frames = self._whole()
            except ProtocolError as error:
                fault, frames = str(error), self._sound
            if frames:
                self._crowds.put(frames)
            if len(part) < LITTLE:
                time.sleep(PAUSE_SECONDS)
        self._crowds.put(fault)

    def _whole(self) -> list[Received]:
        """The frames that have come whole.

        Raises:
            ProtocolError: what follows them is no frame.
        """
        self._sound: list[Received] = []
        mark: Mark | None = None
        if not self.ready:
            if len(self._data) < len(READY):
                return self._sound
            if self._data[: len(READY)] != READY:
                raise ProtocolError("bytes of a run that was not ready")
            del self._data[: len(READY)]
            self.ready = True
        place = 0
        while len(self._data) - place >= HEAD.size:
            begins = place + HEAD.size
            key, sequence, text_bytes, payload_bytes = unpack_head(
                bytes(self._data[place:begins]), most_bytes=self._most_bytes
            )
            if key != self._key:
                raise ProtocolError("bytes that are no answer")
            middle = begins + text_bytes
            ends = middle + payload_bytes
            if len(self._data) < ends:
                break
            mark = mark or self._meter.mark()
            text, payload = bytes(self._data[begins:middle]), self._data[middle:ends]
            self._sound.append(Received(sequence, text, payload, mark))
            place = ends
        del self._data[:place]
        return self._sound


class Outbox:
    """What a run is sent, written in a thread: more than a pipe holds may wait until the run has read it.

    Args:
        descriptor: it is written to. It is closed by its owner, after `close`.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._left: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        os.set_blocking(descriptor, False)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def put(self, data: bytes) -> None:
        """Write it after all that was put before."""
        self._left.put(data)

    def close(self) -> None:
        """Write no more."""
        self._closing.set()
        self._left.put(None)
        self._thread.join(timeout=2)

    def _write(self) -> None:
        while (data := self._left.get()) is not None:
            left = memoryview(data)
            while left and not self._closing.is_set():
                try:
                    left = left[os.write(self._descriptor, left) :]
                except BlockingIOError:
                    self._wait_for_room()
                except OSError:
                    return  # the process is gone: the missing answer will say so

    def _wait_for_room(self) -> None:
        if sys.platform == "win32":  # select is for sockets there
            time.sleep(0.0005)
        else:
            select.select([], [self._descriptor], [], ROOM_SECONDS)


class Output:
    """What is printed, kept up to a limit, so that a flood never blocks the run.

    Args:
        descriptor: it is read from.
        most_bytes: that are kept.
    """

    def __init__(self, descriptor: int, most_bytes: int) -> None:
        self._descriptor = descriptor
        self._most_bytes = most_bytes
        self._kept = bytearray()
        self._total = 0
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def text(self) -> str:
        """So far, cut, with a last line that says how much was cut."""
        text = bytes(self._kept).decode(errors="replace")
        cut = self._total - len(self._kept)
        return text + (f"\n... ({cut:,} more bytes were printed and cut)" if cut else "")

    def _read(self) -> None:
        while True:
            try:
                part = os.read(self._descriptor, 1 << 16)
            except OSError:
                return
            if not part:
                return
            self._total += len(part)
            room = self._most_bytes - len(self._kept)
            if room > 0:
                self._kept += part[:room]
