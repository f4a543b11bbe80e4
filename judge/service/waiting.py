"""Waiting for a verdict, where there is nothing else to do."""

from __future__ import annotations

import queue
from collections.abc import Callable

from judge.service.requests import (
    Cancelled,
    Crashed,
    Decided,
    Event,
    Final,
    FirstFailure,
    Judge,
    Judged,
    NotJudged,
    Refused,
    Request,
    Stage,
    Trouble,
)
from judge.verdict import Verdict


def final_event(judge: Judge, request: Request, tell: Callable[[Event], None] | None = None) -> Final:
    """Have a file judged, and wait for what comes of it.

    Args:
        judge: who judges.
        request: the file.
        tell: told what is known on the way, in this thread.
    """
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    judge.submit(request, events.put)
    while True:
        event = events.get()
        if isinstance(event, Final):
            return event
        if tell is not None:
            tell(event)


def judged(
    judge: Judge,
    request: Request,
    stage: Callable[[str], None] | None = None,
    decided: Callable[[Verdict], None] | None = None,
    first: Callable[[FirstFailure], None] | None = None,
) -> Judged:
    """Have a file judged, and wait for the verdict.

    Args:
        judge: who judges.
        request: the file.
        stage: told what is being done.
        decided: told the verdict before its explanation, where the request asks for that.
        first: told of the first check that fails, where the request asks for that.

    Raises:
        NotJudged: there is no verdict.
    """

    def told(event: Event) -> None:
        if stage is not None and isinstance(event, Stage):
            stage(event.text)
        elif decided is not None and isinstance(event, Decided):
            decided(event.verdict)
        elif first is not None and isinstance(event, FirstFailure):
            first(event)

    event = final_event(judge, request, told)
    if isinstance(event, Judged):
        return event
    raise why_not(event)


def why_not(event: Refused | Cancelled | Crashed) -> NotJudged:
    """Why there is no verdict, as an error."""
    match event:
        case Refused():
            return NotJudged(event.trouble, event.sentence, event.traceback)
        case Crashed(began=False):
            return NotJudged(Trouble.FAILURE, f"The process that judges does not start: {event.why}")
        case Crashed():
            words = f"The process that judges ended on it, twice: {event.why}. This says nothing about the solution."
            return NotJudged(Trouble.FAILURE, words)
        case Cancelled():
            return NotJudged(Trouble.FAILURE, "It was given up.")
