"""What is being judged, what waits for it, and what is kept of it when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from judge.practice.events import Failing, Judged, Occasion, Task
from judge.records import Row, attempt_row
from judge.service.requests import Judged as Answer
from judge.verdict import Outcome, Verdict


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is being judged, or waits to be.

    Attributes:
        task: whose.
        occasion: why.
        after: seconds on the session's clock when it was saved or submitted.
        source: what stood in it.
        since: when that was, on this process's own clock.
    """

    task: int
    occasion: Occasion
    after: float
    source: bytes
    since: float


class Jobs:
    """Files on their way to a verdict. While a task's file is judged, a save waits, and the next save takes its place.

    Args:
        give: has the file of a task judged, and returns the number of the request.
    """

    def __init__(self, give: Callable[[int, bytes], int]) -> None:
        self._give = give
        self._pending: dict[int, Pending] = {}
        self._waiting: dict[int, Pending] = {}

    def __bool__(self) -> bool:
        return bool(self._pending)

    def get(self, number: int) -> Pending | None:
        """What a request was for; None where it is none of these."""
        return self._pending.get(number)

    def busy(self, task: int) -> bool:
        """Whether a task's file is being judged."""
        return any(pending.task == task for pending in self._pending.values())

    def add(self, task: int, occasion: Occasion, source: bytes, after: float) -> None:
        """Have a file judged."""
        pending = Pending(task=task, occasion=occasion, after=after, source=source, since=time.monotonic())
        if occasion is Occasion.SAVE and self.busy(task):
            self._waiting[task] = pending
            return
        self._waiting.pop(task, None)
        self._start(pending)

    def finish(self, number: int) -> Pending:
        """A job is done."""
        return self._pending.pop(number)

    def go_on(self, task: int) -> None:
        """Start what waited for a task's last job."""
        if task in self._waiting:
            self._start(self._waiting.pop(task))

    def _start(self, pending: Pending) -> None:
        self._pending[self._give(pending.task, pending.source)] = pending


def judged(pending: Pending, answer: Answer, verdict: Verdict, uid: str) -> Judged:
    """The event of a verdict.

    Args:
        pending: what was judged.
        answer: what came out.
        verdict: of it.
        uid: of the attempt that is kept.
    """
    failing = answer.failing
    diagnosis = verdict.diagnosis
    names = {outcome: tuple(check.name for check in verdict.checks if check.outcome is outcome) for outcome in Outcome}
    return Judged(
        task=pending.task,
        occasion=pending.occasion,
        after=pending.after,
        attempt=uid,
        verdict=verdict.verdict.value if verdict.verdict else "",
        headline=verdict.headline,
        passed=names[Outcome.PASSED],
        failed=names[Outcome.FAILED],
        total=len(verdict.checks),
        mistake=(diagnosis.mistake or "") if diagnosis else "",
        title=diagnosis.title if diagnosis else "",
        failing=None if failing is None else Failing(check=failing.check, case=failing.case, sentence=failing.sentence),
        mended=answer.mended,
        seconds=time.monotonic() - pending.since,
    )


def kept(pending: Pending, verdict: Verdict, task: Task, *, uid: str, at: str, session: str) -> Row:
    """What keeps the attempt."""
    return attempt_row(
        verdict,
        at=at,
        file_name=Path(task.file).name,
        source=pending.source,
        uid=uid,
        occasion=pending.occasion.value,
        session=session,
        spent_seconds=pending.after,
    )
