"""The loop of `judge watch`: saves come in, the newest is judged next, what is judged is shown."""

from __future__ import annotations

import queue
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from judge.errors import JudgeError, UsageError
from judge.judging import reject_unread
from judge.submission import MOST_SOURCE_BYTES, Submission, submission_of
from judge.verdict import Verdict
from judge.watching.saves import Saved, Vanished
from judge.workers.messages import (
    Ahead,
    Alive,
    Cancel,
    Cancelled,
    Done,
    Noticed,
    Ready,
    Refused,
    Settings,
    Stage,
    Task,
    Warm,
    Word,
    chosen,
)
from judge.workers.worker import Gone, Worker
from problems import Catalogue, Problem

SILENT_SECONDS = 60.0
TICK_SECONDS = 1.0
MOST_STARTS = 2  # one may be killed while it starts; where the next one does not start either, none will
Event = Saved | Vanished | Word | Gone


class Shown(Protocol):
    """What a person sees."""

    def judging(self, file: Path) -> None:
        """This file is judged now."""

    def stage(self, text: str) -> None:
        """What is being done."""

    def noticed(self, word: Noticed) -> None:
        """The verdict's kind, before all of it is known."""

    def verdict(self, saved: Saved, verdict: Verdict, earlier: str) -> None:
        """What was found, and what became of the counterexample of before."""

    def sentence(self, file: Path, text: str) -> None:
        """Why there is no verdict, or that the file is gone."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How files are judged.

    Attributes:
        settings: where and within which limits.
        problem: of all files; None: told from each.
        framework: of all files; None: told from each.
        seed: None: a fresh one for each save.
        silent_seconds: after which the process that judges counts as hung.
    """

    settings: Settings
    problem: str | None = None
    framework: str | None = None
    seed: int | None = None
    silent_seconds: float = SILENT_SECONDS


class _Current(msgspec.Struct, frozen=True):
    saved: Saved
    task: Task
    again: bool = False


class Watching:
    """Judges what is saved.

    Args:
        options: see there.
        catalogue: the problems there are.
        shown: what a person sees.
        start: starts the process that judges.
    """

    def __init__(
        self,
        options: Options,
        catalogue: Catalogue,
        shown: Shown,
        start: Callable[[Callable[[Word | Gone], None]], Worker] = Worker,
    ) -> None:
        self._options = options
        self._catalogue = catalogue
        self._shown = shown
        self._start = start
        self._events: queue.SimpleQueue[tuple[Worker | None, Event]] = queue.SimpleQueue()
        self._pending: dict[Path, Saved] = {}
        self._current: _Current | None = None
        self._seeds: dict[tuple[str, str], int] = {}
        self._number = 0
        self._starts = 0  # since one was ready
        self._worker = self._started()

    def tell(self, event: Saved | Vanished) -> None:
        """A file was saved, or is gone; from any thread."""
        self._events.put((None, event))

    def run(self, files: Sequence[Path] = ()) -> None:
        """Go on until interrupted.

        Args:
            files: judged at once, in this order.

        Raises:
            JudgeError: the process that judges does not start.
        """
        for file in reversed(files):
            self._pending[file] = Saved(file, *_read(file))
        try:
            while True:
                if self._current is None:
                    self._next()
                self._wait()
        finally:
            self._worker.close()

    def _wait(self) -> None:
        """For the next event."""
        try:
            # Where nothing is judged, nothing wakes it: it costs nothing.
            source, event = self._events.get(timeout=TICK_SECONDS if self._current is not None else None)
        except queue.Empty:
            if self._worker.silent_seconds > self._options.silent_seconds:
                self._lost(f"it was silent for {self._options.silent_seconds:g} seconds")
            return
        if source is None or source is self._worker:  # else the last words of one that was replaced
            self._handle(event)

    def _handle(self, event: Event) -> None:
        match event:
            case Saved():
                self._pending.pop(event.file, None)
                self._pending[event.file] = event  # the newest stands last
                current = self._current
                if current is not None and current.saved.file == event.file:
                    self._worker.post(Cancel(current.task.number))
            case Vanished():
                self._pending.pop(event.file, None)
                self._shown.sentence(event.file, "is gone; it is judged when it is there again.")
            case Gone():
                self._lost(event.why)
            case Stage():
                if self._is_current(event.number):
                    self._shown.stage(event.text)
            case Noticed():
                if self._is_current(event.number) and not self._pending:
                    self._shown.noticed(event)
            case Done() | Refused() | Cancelled():
                if self._is_current(event.number):
                    self._done(event)
            case Ready() | Alive():
                pass

    def _is_current(self, number: int) -> bool:
        return self._current is not None and self._current.task.number == number

    def _done(self, word: Done | Refused | Cancelled) -> None:
        current, self._current = self._current, None
        assert current is not None
        match word:
            case Done() if current.saved.file not in self._pending:
                self._shown.verdict(current.saved, word.verdict, word.earlier)
            case Refused():
                self._shown.sentence(current.saved.file, f"can't be judged: {word.sentence}")
            case Done() | Cancelled():
                pass  # a newer one is judged next

    def _next(self) -> None:
        """Judge the newest of what was saved; where there is nothing, prepare for what comes."""
        while self._pending and self._current is None:
            _, saved = self._pending.popitem()
            self._begin(saved)

    def _begin(self, saved: Saved) -> None:
        if saved.source is None:
            self._shown.sentence(saved.file, f"can't be read: {saved.why}.")
            return
        if len(saved.source) > MOST_SOURCE_BYTES:
            self._shown.sentence(
                saved.file, f"has more than {MOST_SOURCE_BYTES:,} bytes, the most that a solution may have."
            )
            return
        try:
            submission = self._submission(saved.file, saved.source)
        except UsageError as error:
            self._shown.sentence(saved.file, f"can't be judged: {error}")
            return
        seed = self._seed(submission)
        rejected = reject_unread(submission, seed)
        if rejected is not None:
            self._shown.verdict(saved, rejected, "")
            return
        self._number += 1
        self._shown.judging(saved.file)
        task = self._task(saved, submission, seed)
        self._current = _Current(saved, task)
        self._worker.post(task)
        self._prepare(submission.problem, submission.framework)

    def _submission(self, file: Path, source: bytes) -> Submission:
        return submission_of(
            source,
            file.name,
            problem=self._options.problem,
            framework=self._options.framework,
            stem=file.stem,
            catalogue=self._catalogue,
        )

    def _task(self, saved: Saved, submission: Submission, seed: int) -> Task:
        return Task(
            number=self._number,
            source=saved.source or b"",
            filename=saved.file.name,
            problem=chosen(submission.problem),
            framework=submission.framework,
            seed=seed,
            settings=self._options.settings,
            keep=True,
            follow=str(saved.file),
        )

    def _seed(self, submission: Submission) -> int:
        """The one that was drawn ahead, where there is one."""
        if self._options.seed is not None:
            return self._options.seed
        drawn = self._seeds.pop((submission.problem.name, submission.framework), None)
        return secrets.randbelow(2**32) if drawn is None else drawn

    def _prepare(self, problem: Problem, framework: str) -> None:
        """Draw the next save's cases once this one is judged, while the file is edited."""
        seed = self._options.seed
        if seed is None:
            seed = self._seeds.setdefault((problem.name, framework), secrets.randbelow(2**32))
        self._worker.post(Ahead(chosen(problem), framework, seed, self._options.settings))

    def _lost(self, why: str) -> None:
        """The process that judges has gone: start another one, and judge once more what it was at.

        Raises:
            JudgeError: neither it nor the one before has been ready.
        """
        if self._worker.ready:
            self._starts = 0
        self._worker.close()
        if self._starts == MOST_STARTS:
            raise JudgeError(f"The process that judges does not start: {why}")
        self._worker = self._started()
        current = self._current
        if current is None:
            return
        if current.again:
            self._current = None
            self._shown.sentence(
                current.saved.file, f"can't be judged: the process that judges ended on it twice ({why})."
            )
            return
        self._current = _Current(current.saved, current.task, again=True)
        self._worker.post(current.task)

    def _started(self) -> Worker:
        self._starts += 1
        holder: list[Worker] = []
        worker = self._start(lambda word: self._events.put((holder[0] if holder else None, word)))
        holder.append(worker)
        worker.post(Warm(self._options.settings, self._options.framework or "torch"))
        return worker


def _read(file: Path) -> tuple[bytes | None, str]:
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_SOURCE_BYTES + 1), ""
    except OSError as error:
        return None, error.strerror or str(error)
