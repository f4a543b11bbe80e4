"""Judging beside the clock: a thread that keeps everything warm, judges what it is given, and prepares in between."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from judge.practice.events import Failing, Task
from judge.practice.inbox import Done, Failed, Message, Noted
from judge.practice.judgement import Judgement, Notice


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something to judge."""

    number: int
    task: Task
    source: bytes
    failing: Failing | None


class Judging(Protocol):
    """What judges: `judge.practice.bench.Bench`, or in tests something quicker."""

    def __enter__(self) -> Judging: ...

    def __exit__(self, *exception: object) -> None: ...

    def ahead(self) -> Iterator[None]:
        """Prepare, a little at each step."""

    def judge(self, task: Task, source: bytes, failing: Failing | None, tell: Callable[[Notice], None]) -> Judgement:
        """Judge one file."""


class Worker:
    """The thread.

    Args:
        make: opens what judges, in the thread: it imports what is heavy.
        post: where to put what is known.
    """

    def __init__(self, make: Callable[[], Judging], post: Callable[[Message], None]) -> None:
        self._make = make
        self._post = post
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="judging", daemon=True)
        self._thread.start()

    def give(self, job: Job) -> None:
        """Judge this after what was given before."""
        self._jobs.put(job)

    def close(self, seconds: float = 5.0) -> None:
        """Let it finish what it is at, and end it."""
        self._jobs.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            bench = self._make()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said for every job
            self._refuse(error)
            return
        with bench:
            ahead: Iterator[None] | None = bench.ahead()
            while True:
                ahead = _advanced(ahead) if self._jobs.empty() else ahead
                if ahead is not None and self._jobs.empty():
                    continue
                job = self._jobs.get()
                if job is None:
                    return
                self._post(self._judged(bench, job))

    def _judged(self, bench: Judging, job: Job) -> Message:
        try:
            found = bench.judge(job.task, job.source, job.failing, lambda told: self._post(Noted(job.number, told)))
        except Exception as error:  # noqa: BLE001 - said in words, and the session goes on
            return Failed(job.number, error)
        return Done(job.number, found)

    def _refuse(self, error: Exception) -> None:
        while (job := self._jobs.get()) is not None:
            self._post(Failed(job.number, error))


def _advanced(ahead: Iterator[None] | None) -> Iterator[None] | None:
    """One step more; None where there is nothing left. What goes wrong here is said when a file is judged."""
    if ahead is None:
        return None
    try:
        next(ahead)
    except Exception:  # noqa: BLE001 - StopIteration, or a broken problem: judging meets it again and says so
        return None
    return ahead
