"""What tests of practice are made with: a clock that is turned by hand, sessions, and judgings made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from judge.practice.clock import Reading
from judge.practice.events import AnyEvent, Entry, Judged, Mode, Occasion, Setup, Task
from judge.practice.state import State, replay

NOON = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)


class HandClock:
    """Turned by hand."""

    def __init__(self, at: datetime = NOON, boot: str = "one") -> None:
        self.at, self.passed, self.awake, self.boot = at, 1000.0, 500.0, boot

    def read(self) -> Reading:
        return Reading(at=self.at, passed=self.passed, awake=self.awake, boot=self.boot)

    def work(self, seconds: float) -> None:
        self.awake += seconds
        self.suspend(seconds)

    def suspend(self, seconds: float) -> None:
        self.passed += seconds
        self.at += timedelta(seconds=seconds)

    def set_time(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def reboot(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.passed, self.awake, self.boot = 3.0, 3.0, self.boot + "+"


def task(problem: str = "lstm", minutes: float = 25.0) -> Task:
    return Task(problem=problem, name=problem, framework="torch", file=f"/work/{problem}.py", minutes=minutes)


def learning(*problems: str, **fields: Any) -> Setup:
    tasks = tuple(task(problem) for problem in problems or ("lstm",))
    return Setup(**{"mode": Mode.LEARN, "tasks": tasks, "minutes": 25.0, "seed": 7, **fields})


def interview(*problems: str, **fields: Any) -> Setup:
    return learning(*problems, mode=Mode.INTERVIEW, **fields)


def judged(
    verdict: str = "wrong_answer", *, task: int = 0, occasion: Occasion = Occasion.SAVE, **fields: Any
) -> Judged:
    return Judged(
        **{
            "task": task,
            "occasion": occasion,
            "after": 0.0,
            "attempt": "0" * 32,
            "verdict": verdict,
            "headline": "It is so.",
            **fields,
        }
    )


def state_after(setup: Setup, *events: tuple[float, AnyEvent]) -> State:
    """Where a session stands after events at these seconds of its clock; judgings take no time where nothing is said."""
    events = tuple(
        (spent, replace(event, after=spent) if isinstance(event, Judged) and not event.after else event)
        for spent, event in events
    )
    entries = [
        Entry(number=number, at="2031-05-04T12:00:00.000+00:00", spent=spent, event=event)
        for number, (spent, event) in enumerate(events)
    ]
    return replay(setup, entries)
