"""Judging in several processes at once. This imports nothing heavy."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable

import msgspec

from judge.service.requests import Cancelled, Chosen, Event, Final, Refused, Request, Settings, Tell, Trouble
from judge.service.worker_judge import WorkerJudge
from judge.verdict import failure_words


class _Waiting(msgspec.Struct, frozen=True):
    number: int
    request: Request
    tell: Tell


class PoolJudge:
    """Hands each file to the next process that is free.

    Args:
        jobs: how many processes. Each is started when there is a file for it.
        make: makes what judges in one process.
    """

    def __init__(self, jobs: int, make: Callable[[], WorkerJudge]) -> None:
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._judges = [make() for _ in range(jobs)]
        self._free = deque(self._judges)
        self._waiting: deque[_Waiting] = deque()
        self._at: dict[int, tuple[WorkerJudge, int]] = {}  # by our number: who judges it, and under which number
        self._given_up: set[int] = set()  # before it was known under which number it is judged
        self._closed = False
        self._giving = False

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return [judge.pid for judge in self._judges if judge.pid]

    def submit(self, request: Request, tell: Tell) -> int:
        """Have a file judged as soon as a process is free."""
        with self._lock:
            number = next(self._numbers)
            closed = self._closed
            if not closed:
                self._waiting.append(_Waiting(number, request, tell))
        if closed:
            tell(Cancelled(number))
        self._next()
        return number

    def prepare(self, problem: Chosen | None, framework: str, seed: int | None, settings: Settings) -> None:
        """Get all processes ready; where it is for a seed, those that run already."""
        for judge in self._judges:
            if seed is None or judge.pid:
                judge.prepare(problem, framework, seed, settings)

    def cancel(self, number: int) -> None:
        """Nobody waits for this request any more."""
        with self._lock:
            waiting = next((each for each in self._waiting if each.number == number), None)
            if waiting is not None:
                self._waiting.remove(waiting)
            at = self._at.get(number)
            if at is not None and at[1] < 0:
                self._given_up.add(number)
                at = None
        if waiting is not None:
            waiting.tell(Cancelled(number))
        elif at is not None:
            at[0].cancel(at[1])

    def close(self) -> None:
        """End the processes, in the middle of a file too."""
        with self._lock:
            self._closed = True
            left, self._waiting = self._waiting, deque()
        for judge in self._judges:
            judge.stop()
        for judge in self._judges:
            judge.close()
        for each in left:
            each.tell(Cancelled(each.number))

    def _next(self) -> None:
        """Give what waits to who is free. Where that happens already, it goes on there: a file may be answered while it is submitted."""
        with self._lock:
            if self._giving:
                return
            self._giving = True
        while True:
            with self._lock:
                if self._closed or not self._waiting or not self._free:
                    self._giving = False
                    return
                judge, job = self._free.popleft(), self._waiting.popleft()
                self._at[job.number] = judge, -1
            self._give(judge, job)

    def _give(self, judge: WorkerJudge, job: _Waiting) -> None:
        passed_on = self._passed_on(judge, job)
        try:
            number = judge.submit(job.request, passed_on)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said, and the next file is judged
            words = failure_words(f"{type(error).__name__}: {error}")
            passed_on(Refused(job.number, Trouble.FAILURE, words))
            return
        with self._lock:
            if job.number in self._at:
                self._at[job.number] = judge, number
            given_up = job.number in self._given_up
            self._given_up.discard(job.number)
        if given_up:
            judge.cancel(number)

    def _passed_on(self, judge: WorkerJudge, job: _Waiting) -> Tell:
        def told(event: Event) -> None:
            final = isinstance(event, Final)
            if final:
                with self._lock:
                    self._at.pop(job.number, None)
                    self._free.append(judge)
            job.tell(msgspec.structs.replace(event, number=job.number))
            if final:
                self._next()

        return told
