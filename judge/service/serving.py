"""The process that judges, from inside: `python -m judge.service.serving`; orders on standard input, words on standard output.

The main thread judges. One thread reads orders, one writes words, one says every second that all goes on. Where the orders end, the
process ends at once, in the middle of a run too.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from judge.isolation import open_sandbox
from judge.service.messages import (
    Ahead,
    Alive,
    Cancel,
    ChannelError,
    Order,
    Ready,
    Submit,
    Warm,
    Word,
    frame,
    read_order,
)
from judge.service.refusing import refused
from judge.service.requests import Cancelled, Final, Judged, Refused
from problems.late import begin_torch
from sandbox.interruption import interrupt

if TYPE_CHECKING:
    from judge.service.warm import WarmJudge

ALIVE_SECONDS = 1.0
MOST_AHEAD = 12  # preparations that wait; an older one gives way


class Serving:
    """One process that judges.

    Args:
        orders: where they come from.
        words: descriptor to which answers go.
    """

    def __init__(self, orders: BinaryIO, words: int) -> None:
        self._orders = orders
        self._words = words
        self._held: Submit | Ahead | None = None
        self._todo: queue.SimpleQueue[Warm | Submit | Ahead] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Word] = queue.SimpleQueue()
        self._working = threading.Event()
        self._current = -1
        self._open: set[int] = set()  # numbers of the requests that were not answered yet
        self._cancelled: set[int] = set()
        self._aheads: deque[Iterator[None]] = deque(maxlen=MOST_AHEAD)

    def run(self) -> None:
        """Serve until the orders end."""
        self._working.set()
        for work in (self._read, self._write, self._say_alive):
            threading.Thread(target=work, daemon=True).start()
        warm = self._start()
        self._outbox.put(Ready())
        while True:
            try:
                self._step(warm)
            except KeyboardInterrupt:  # the request was cancelled, wherever it was
                number, self._current = self._current, -1
                self._aheads.clear()
                warm.reset()
                self._answer(Cancelled(number))

    def _start(self) -> WarmJudge:
        """Import what is heavy, while the sandbox of the first order starts."""
        first = self._todo.get()
        sandboxes = {}
        if isinstance(first, Warm):
            with contextlib.suppress(Exception):  # the first request meets it again, and says so
                place = open_sandbox(first.settings.sandbox, own_code=first.settings.own_code)
                place.prepare(first.framework)
                sandboxes[(first.settings.sandbox, first.settings.own_code)] = place
        # Beside the sandbox's own import: whoever is wrong waits for it, and nobody else is kept waiting.
        if _processors() > 1:
            begin_torch()
        from judge.service.warm import WarmJudge

        warm = WarmJudge(sandboxes)
        self._held = None if isinstance(first, Warm) else first
        return warm

    def _step(self, warm: WarmJudge) -> None:
        if self._aheads and self._held is None and self._todo.empty():
            try:
                next(self._aheads[0])
            except Exception:  # noqa: BLE001 - StopIteration, or a broken problem: judging meets it again and says so
                self._aheads.popleft()
            return
        if self._todo.empty() and self._held is None:
            self._working.clear()
        held, self._held = self._held, None
        order = held or self._todo.get()
        self._working.set()
        self._do(warm, order)

    def _do(self, warm: WarmJudge, order: Warm | Submit | Ahead) -> None:
        match order:
            case Warm():
                with contextlib.suppress(Exception):  # the first request meets it again, and says so
                    warm.warm(order.settings, order.framework)
            case Ahead():
                self._aheads.append(warm.ahead(order))
            case Submit():
                self._judge(warm, order)

    def _judge(self, warm: WarmJudge, submit: Submit) -> None:
        self._current = submit.number  # from here on an order to give it up interrupts
        if submit.number in self._cancelled:
            self._current = -1
            self._answer(Cancelled(submit.number))
            return
        word = self._judged(warm, submit)
        self._current = -1
        self._answer(word)

    def _answer(self, word: Final) -> None:
        """Say what came of a request, for good."""
        self._open.discard(word.number)
        self._cancelled.discard(word.number)
        self._outbox.put(word)

    def _judged(self, warm: WarmJudge, submit: Submit) -> Judged | Refused:
        try:
            return warm.judge(submit.number, submit.request, self._outbox.put)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the next file is judged
            return refused(submit.number, error, warm.reset)

    def _read(self) -> None:
        """Thread: orders, as they come."""
        try:
            while (order := read_order(self._orders.read)) is not None:
                self._take(order)
        except (ChannelError, ValueError) as error:
            print(f"an order that can't be read: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)  # nobody is there any more

    def _take(self, order: Order) -> None:
        if not isinstance(order, Cancel):
            self._working.set()
            if isinstance(order, Submit):
                self._open.add(order.number)
            self._todo.put(order)
            return
        if order.number in self._open:
            self._cancelled.add(order.number)
        if self._current == order.number:
            _thread.interrupt_main()

    def _write(self) -> None:
        """Thread: words, one at a time."""
        while True:
            data = memoryview(frame(self._outbox.get()))
            try:
                while data:
                    data = data[os.write(self._words, data) :]
            except OSError:
                os._exit(0)

    def _say_alive(self) -> None:
        """Thread: a sign of life each second, where there is something to do; else it sleeps."""
        pause = threading.Event()
        while True:
            self._working.wait()
            self._outbox.put(Alive())
            pause.wait(ALIVE_SECONDS)


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform.startswith("linux") else os.cpu_count() or 1


def main() -> None:
    """Take the descriptors that nobody else shall use, and serve."""
    signal.signal(signal.SIGINT, interrupt)  # a shell's background jobs ignore it; cancelling needs it
    orders = os.fdopen(os.dup(0), "rb")
    words = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)  # what is printed by mistake is no word
    Serving(orders, words).run()


if __name__ == "__main__":
    main()
