"""What stays visible while a session goes on: the clock, the problem, and what can be done."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from judge.practice.events import Feeling, Mode
from judge.practice.state import Choice, Phase, State, choices, submissions_left
from judge.verdict import escaped

KEYS = {
    "b": Choice.BEGIN,
    "h": Choice.HINT,
    "t": Choice.STATEMENT,
    "e": Choice.EDIT,
    "s": Choice.SUBMIT,
    "n": Choice.NEXT,
    "g": Choice.GIVE_UP,
    "q": Choice.QUIT,
}
FEELINGS = dict(zip("1234", Feeling, strict=True))
WORDS = {
    Choice.BEGIN: "begin to code",
    Choice.NEXT: "next problem",
    Choice.GIVE_UP: "give up, see the solution",
    Choice.QUIT: "quit, resume later",
}


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A few lines.

    Attributes:
        clock: what is used up, or what is left.
        hurry: the time is nearly used up, or exceeded.
        task: mode, problem and file.
        news: what is going on.
        keys: each key and what it does.
    """

    clock: str
    hurry: bool
    task: str
    news: str
    keys: tuple[tuple[str, str], ...]


def view(state: State, spent: float, now: datetime, *, news: str) -> View:
    """What is to be seen now.

    Args:
        state: where the session stands.
        spent: seconds on its clock.
        now: the wall time, in the person's time zone.
        news: what is going on, in a few words.
    """
    task = state.setup.tasks[state.current]
    several = f" ({state.current + 1} of {len(state.tasks)})" if len(state.tasks) > 1 else ""
    file = escaped(task.file.rpartition("/")[2])
    keys = {choice: key for key, choice in KEYS.items()}
    shown = [(keys[choice], WORDS.get(choice, choice.value)) for choice in choices(state)]
    if state.phase is Phase.RATING:
        shown = [*((key, feeling.value) for key, feeling in FEELINGS.items()), ("enter", "not said")]
    return View(
        clock=_clock(state, spent, now),
        hurry=state.phase is Phase.CODING and state.left(spent) < 60,
        task=f"{state.setup.mode.value}: {escaped(task.problem)}{several}, {file}",
        news=" ".join(part for part in (news, _submissions(state)) if part),
        keys=tuple(shown),
    )


def _clock(state: State, spent: float, now: datetime) -> str:
    left = state.left(spent)
    match state.phase:
        case Phase.READING:
            return f"{minutes(left)} to read, then the clock starts"
        case Phase.CODING if state.setup.mode is Mode.INTERVIEW:
            return f"{minutes(left)} left, until {now + timedelta(seconds=left):%H:%M}"
        case Phase.CODING:
            over = f", {minutes(-left)} over" if left < 0 else ""
            return f"{minutes(state.coding(spent))} of {minutes(state.setup.minutes * 60)}{over}"
        case Phase.TIME_UP:
            return "time is up"
        case Phase.RATING | Phase.OVER:
            return f"{minutes(sum(task.used for task in state.tasks))} used"


def _submissions(state: State) -> str:
    left = submissions_left(state, state.current)
    if left is None or state.phase is not Phase.CODING:
        return ""
    return f"{left} submission{'' if left == 1 else 's'} left."


def minutes(seconds: float) -> str:
    """Minutes and seconds, hours where there are any: 04:07, 1:02:33."""
    whole = max(int(seconds), 0)
    hours, rest = divmod(whole, 3600)
    clock = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{clock}" if hours else clock
