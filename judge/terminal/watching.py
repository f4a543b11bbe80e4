"""The loop of `judge watch`: saves come in, the newest is judged next, what is judged is shown."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from judge.service.requests import (
    Cancelled,
    Crashed,
    Decided,
    Event,
    Failing,
    Final,
    FirstFailure,
    Judge,
    Judged,
    Refused,
    Request,
    Settings,
    Stage,
    chosen,
)
from judge.service.waiting import why_not
from judge.settings import fresh_seed
from judge.source import require_size, submission_of
from judge.terminal.saves import Saved, Vanished, read_saved
from judge.verdict import UsageError, Verdict
from problems import Catalogue
from problems.frameworks import USUAL


class Shown(Protocol):
    """What a person sees."""

    def judging(self, file: Path) -> None:
        """This file is judged now."""

    def stage(self, text: str) -> None:
        """What is being done."""

    def first_failure(self, event: FirstFailure) -> None:
        """The verdict's kind, before all of it is known."""

    def decided(self, saved: Saved, verdict: Verdict) -> None:
        """What was found, before the mistake that explains it is looked for; it may be told twice."""

    def verdict(self, saved: Saved, verdict: Verdict, mended: bool | None) -> None:
        """What was found, and whether the counterexample of before is mended; None where there was none."""

    def sentence(self, file: Path, text: str) -> None:
        """Why there is no verdict, or that the file is gone."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How files are judged.

    Attributes:
        settings: where and within which limits.
        problem: of all files; None: told from each.
        framework: of all files; None: told from each.
        seed: None: a fresh one for each save.
    """

    settings: Settings
    problem: str | None = None
    framework: str | None = None
    seed: int | None = None


class Watching:
    """Judges what is saved.

    Args:
        options: see there.
        catalogue: the problems there are.
        shown: what a person sees.
        judge: who judges; it is closed at the end.
    """

    def __init__(self, options: Options, catalogue: Catalogue, shown: Shown, judge: Judge) -> None:
        self._options = options
        self._catalogue = catalogue
        self._shown = shown
        self._judge = judge
        self._events: queue.SimpleQueue[Saved | Vanished | Event] = queue.SimpleQueue()
        self._pending: dict[Path, Saved] = {}
        self._current: Saved | None = None
        self._number = 0
        self._failing: dict[tuple[object, ...], Failing] = {}  # by file, problem and framework
        self._seeds: dict[tuple[str, str], int] = {}
        judge.prepare(None, options.framework or USUAL.name, None, options.settings)

    def tell(self, event: Saved | Vanished) -> None:
        """A file was saved, or is gone; from any thread."""
        self._events.put(event)

    def run(self, files: Sequence[Path] = ()) -> None:
        """Go on until interrupted.

        Args:
            files: judged at once, in this order.

        Raises:
            NotJudged: the process that judges does not start.
        """
        for file in reversed(files):
            self._pending[file] = read_saved(file)
        try:
            while True:
                if self._current is None:
                    self._next()
                self._handle(self._events.get())  # where nothing is judged, nothing wakes it: it costs nothing
        finally:
            self._judge.close()

    def _handle(self, event: Saved | Vanished | Event) -> None:
        if isinstance(event, Saved):
            self._pending.pop(event.file, None)
            self._pending[event.file] = event  # the newest stands last
            if self._current is not None and self._current.file == event.file:
                self._judge.cancel(self._number)
        elif isinstance(event, Vanished):
            self._pending.pop(event.file, None)
            self._shown.sentence(event.file, "is gone; it is judged when it is there again.")
        elif event.number == self._number:
            self._told(event)

    def _told(self, event: Event) -> None:
        match event:
            case Stage():
                self._shown.stage(event.text)
            case FirstFailure():
                if not self._pending:
                    self._shown.first_failure(event)
            case Decided():
                if not self._pending and self._current is not None:
                    self._shown.decided(self._current, event.verdict)
            case Judged() | Refused() | Cancelled() | Crashed():
                self._done(event)

    def _done(self, event: Final) -> None:
        current, self._current = self._current, None
        assert current is not None
        file = current.file
        match event:
            case Judged():
                verdict = event.verdict
                key = file, verdict.problem, verdict.framework
                if event.failing is not None:
                    self._failing[key] = event.failing
                elif event.mended or verdict.accepted:
                    self._failing.pop(key, None)
                if file not in self._pending:  # else a newer one is judged next
                    self._shown.verdict(current, verdict, event.mended)
            case Crashed(began=False):
                raise why_not(event)
            case Crashed():
                why = f"the process that judges ended on it twice ({event.why})"
                self._shown.sentence(file, f"can't be judged: {why}.")
            case Refused():
                self._shown.sentence(file, f"can't be judged: {event.sentence}")
            case Cancelled():
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
        try:
            require_size("it", saved.source)
            submission = submission_of(
                saved.source,
                saved.file.name,
                problem=self._options.problem,
                framework=self._options.framework,
                stem=saved.file.stem,
                catalogue=self._catalogue,
            )
        except UsageError as error:
            self._shown.sentence(saved.file, f"can't be judged: {error}")
            return
        known = submission.problem.name, submission.framework.name
        request = Request(
            source=saved.source,
            filename=saved.file.name,
            stem=saved.file.stem,
            problem=chosen(submission.problem),
            framework=submission.framework.name,
            seed=self._seed(*known),
            settings=self._options.settings,
            keep=True,
            first_word=True,
            verdict_first=True,
            earlier=self._failing.get((saved.file, *known)),
        )
        self._shown.judging(saved.file)
        self._current = saved
        self._number = self._judge.submit(request, self._events.put)
        seed = self._options.seed
        if seed is None:
            seed = self._seeds.setdefault(known, fresh_seed())
        # Draw the next save's cases once this one is judged, while the file is edited.
        self._judge.prepare(chosen(submission.problem), submission.framework.name, seed, self._options.settings)

    def _seed(self, problem: str, framework: str) -> int:
        """The one that was drawn ahead, where there is one."""
        if self._options.seed is not None:
            return self._options.seed
        drawn = self._seeds.pop((problem, framework), None)
        return fresh_seed() if drawn is None else drawn
