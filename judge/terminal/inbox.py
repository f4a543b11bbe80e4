"""What reaches a session, from wherever: keys, saves, verdicts. One thread waits here and does everything else."""

from __future__ import annotations

import contextlib
import os
import queue
import select

from judge.service.requests import Event
from judge.terminal.saves import Saved, Vanished

Message = Saved | Vanished | Event


class Inbox:
    """A queue that is waited for together with a descriptor, such as the keyboard's."""

    def __init__(self) -> None:
        self._messages: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def post(self, message: Message) -> None:
        """Put something in, from any thread."""
        self._messages.put(message)
        with contextlib.suppress(OSError):  # full: whoever waits is woken already
            os.write(self._writing, b".")

    def wait(self, seconds: float, keyboard: int | None) -> tuple[Message | None, bool]:
        """The next message, or None; and whether the keyboard has something to read.

        Args:
            seconds: to wait at most.
            keyboard: a descriptor; None where there is none.
        """
        if self._messages.empty():
            watched = [self._reading] if keyboard is None else [self._reading, keyboard]
            ready, _, _ = select.select(watched, [], [], max(seconds, 0.0))
            with contextlib.suppress(BlockingIOError):
                os.read(self._reading, 4096)
            typed = keyboard in ready
        else:
            typed = False
        try:
            return self._messages.get_nowait(), typed
        except queue.Empty:
            return None, typed

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (self._reading, self._writing):
            os.close(descriptor)
