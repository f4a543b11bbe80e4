"""What stands in for processes that judge, and for a judge: they answer when a test wants it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any

import msgspec

from judge.service.messages import Ahead, Cancel, Order, Submit, Warm, Word
from judge.service.requests import (
    Cancelled,
    Chosen,
    Decided,
    Event,
    Final,
    Judged,
    Request,
    Settings,
    Tell,
)
from judge.service.worker import Gone
from judge.verdict import Kind, Verdict

SECONDS = 20.0


def verdict(request: Request, kind: Kind = Kind.ACCEPTED) -> Verdict:
    """One that says nothing but its kind."""
    seed = 0 if request.seed is None else request.seed
    return Verdict(problem="lstm", framework="torch", verdict=kind, seed=seed, seconds=0.1)


def judged(number: int, request: Request, kind: Kind = Kind.ACCEPTED, **more: Any) -> Judged:
    """The final event of a request."""
    return Judged(number, msgspec.json.encode(verdict(request, kind)), **more)


class HandWorker:
    """Stands for the process that judges: keeps its orders, and says what a test wants."""

    def __init__(self, deliver: Callable[[Word | Gone], None]) -> None:
        self.say = deliver
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self.ready = True
        self.silent_seconds = 0.0
        self.closed = False
        self.pid = 1

    def post(self, order: Order) -> None:
        self.orders.put(order)

    def close(self) -> None:
        self.closed = True

    def next(self, kind: type[Any]) -> Any:
        """The next order of this kind that it is given."""
        while True:
            order = self.orders.get(timeout=SECONDS)
            if isinstance(order, kind):
                return order

    def submitted(self) -> Submit:
        return self.next(Submit)

    def cancelled(self) -> int:
        return self.next(Cancel).number

    def warm(self) -> Warm:
        return self.next(Warm)

    def ahead(self) -> Ahead:
        return self.next(Ahead)


class HandJudge:
    """A judge whose answers a test gives, or `answer` does where that is set."""

    def __init__(self, answer: Callable[[int, Request], Final] | None = None) -> None:
        self.requests: queue.SimpleQueue[tuple[int, Request, Tell]] = queue.SimpleQueue()
        self.aheads: queue.SimpleQueue[tuple[Chosen | None, str, int | None]] = queue.SimpleQueue()
        self.cancels: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.asked: list[Request] = []
        self.answer = answer
        self.closed = False
        self._number = 0

    def submit(self, request: Request, tell: Tell) -> int:
        self._number += 1
        self.asked.append(request)
        if self.answer is not None:
            final = self.answer(self._number, request)
            if request.verdict_first and isinstance(final, Judged) and not final.verdict.accepted:
                tell(Decided(final.number, msgspec.json.encode(msgspec.structs.replace(final.verdict, diagnosis=None))))
            tell(final)
        else:
            self.requests.put((self._number, request, tell))
        return self._number

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        self.aheads.put((problem, framework, seed))

    def cancel(self, number: int) -> None:
        self.cancels.put(number)

    def close(self) -> None:
        self.closed = True

    def next(self) -> tuple[int, Request, Tell]:
        return self.requests.get(timeout=SECONDS)


class NoJudge(HandJudge):
    """Judges nothing."""

    def __init__(self) -> None:
        super().__init__(lambda number, request: Cancelled(number))


class Heard:
    """Keeps the events of one request."""

    def __init__(self) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.before: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.put(event)

    def final(self, seconds: float = 120.0) -> Final:
        """Wait for it; what was told before is in `before`."""
        while True:
            event = self.events.get(timeout=seconds)
            if isinstance(event, Final):
                return event
            self.before.append(event)


__all__ = ["Cancelled", "HandJudge", "HandWorker", "Heard", "NoJudge", "judged", "verdict"]
