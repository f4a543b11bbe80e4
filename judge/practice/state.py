"""Where a session stands: what follows from its events. No clock, no terminal, no file."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from judge.practice.events import (
    Began,
    ClockMoved,
    Ended,
    Ending,
    Entry,
    Failing,
    Feeling,
    FirstFailureShown,
    Hinted,
    Judged,
    Mode,
    Occasion,
    Rated,
    Resumed,
    Retried,
    Setup,
    Switched,
    TimeUp,
)


class Phase(StrEnum):
    """What a session is at."""

    READING = "reading"
    CODING = "coding"
    TIME_UP = "time up"  # what was not submitted is being judged
    RATING = "rating"
    OVER = "over"


class Choice(StrEnum):
    """What the person can do; one key each."""

    BEGIN = "begin"
    HINT = "hint"
    STATEMENT = "statement"
    SUBMIT = "submit"
    EDIT = "edit"
    NEXT = "next"
    GIVE_UP = "give up"
    QUIT = "quit"


class Met(Struct, frozen=True, kw_only=True):
    """A mistake that was recognised: its id, and its title."""

    mistake: str
    title: str


class Point(Struct, frozen=True, kw_only=True):
    """One judging on the way: after how many seconds, and how many checks passed of how many."""

    after: float
    passed: int
    total: int
    accepted: bool


class TaskState(Struct, frozen=True, kw_only=True):
    """Where the work on one problem stands.

    Attributes:
        used: seconds that went into it.
        submissions: how often it was submitted, or judged because the time was up.
        hints: numbers of those shown.
        journey: every judging.
        green: check to the seconds after which it passed for good: no later judging saw it fail.
        mistakes: those recognised, each once, in the order they were met.
        failing: the last counterexample.
        last: the last judging.
        ending: how the work ended; None while it goes on.
        note: more about the ending.
        feeling: how it felt.
        rated: whether that was asked.
    """

    used: float = 0.0
    submissions: int = 0
    hints: tuple[int, ...] = ()
    journey: tuple[Point, ...] = ()
    green: dict[str, float] = {}
    mistakes: tuple[Met, ...] = ()
    failing: Failing | None = None
    last: Judged | None = None
    ending: Ending | None = None
    note: str = ""
    feeling: Feeling | None = None
    rated: bool = False


class State(Struct, frozen=True, kw_only=True):
    """Where a session stands.

    Attributes:
        setup: what it was begun with.
        phase: what it is at.
        current: the task that is worked on.
        tasks: one for each of the setup's.
        spent: seconds on the session's clock at the last event.
        began: the same when the coding began.
        entries: how many events there were.
    """

    setup: Setup
    phase: Phase
    current: int = 0
    tasks: tuple[TaskState, ...]
    spent: float = 0.0
    began: float = 0.0
    entries: int = 0

    def left(self, spent: float) -> float:
        """Seconds that are left of this phase's time, at `spent` on the session's clock; negative where it is exceeded."""
        if self.phase is Phase.READING:
            return self.setup.read_minutes * 60 - spent
        return self.began + self.setup.minutes * 60 - spent

    def coding(self, spent: float) -> float:
        """Seconds of coding, at `spent` on the session's clock."""
        return max(spent - self.began, 0.0)

    def unended(self) -> tuple[int, ...]:
        """The tasks that are still worked on."""
        return tuple(place for place, task in enumerate(self.tasks) if task.ending is None)

    def unrated(self) -> tuple[int, ...]:
        """The tasks of which it is not known how they felt."""
        return tuple(place for place, task in enumerate(self.tasks) if not task.rated)


def begin(setup: Setup) -> State:
    """A session before anything has happened."""
    phase = Phase.READING if setup.read_minutes else Phase.CODING
    return State(setup=setup, phase=phase, tasks=tuple(TaskState() for _ in setup.tasks))


def replay(setup: Setup, entries: Iterable[Entry]) -> State:
    """Where a session stands after these events."""
    state = begin(setup)
    for entry in entries:
        state = apply(state, entry)
    return state


def apply(state: State, entry: Entry) -> State:
    """What follows from one more event."""
    state = _charge(state, entry)
    match entry.event:
        case Began():
            state = replace(state, phase=Phase.CODING, began=entry.spent)
        case Judged():
            state = _judged(state, entry.event)
        case Hinted(task=task, number=number):
            hints = state.tasks[task].hints
            state = _with_task(state, task, hints=hints if number in hints else (*hints, number))
        case Ended(task=task, ending=ending, note=note):
            state = _with_task(state, task, ending=ending, note=note)
        case Switched(task=task):
            state = replace(state, current=task)
        case TimeUp():
            state = replace(state, phase=Phase.TIME_UP)
        case Rated(task=task, feeling=feeling):
            state = _with_task(state, task, feeling=feeling, rated=True)
        case ClockMoved() | Resumed() | Retried() | FirstFailureShown():
            pass
    return _settled(state)


def choices(state: State) -> tuple[Choice, ...]:
    """What the person can do now, in the order it is shown."""
    learn = state.setup.mode is Mode.LEARN
    match state.phase:
        case Phase.READING:
            return (Choice.BEGIN, Choice.STATEMENT, Choice.QUIT)
        case Phase.CODING if learn:
            return (Choice.HINT, Choice.STATEMENT, Choice.EDIT, Choice.SUBMIT, Choice.GIVE_UP, Choice.QUIT)
        case Phase.CODING:
            several = (Choice.NEXT,) if len(state.unended()) > 1 else ()
            return (Choice.STATEMENT, Choice.EDIT, Choice.SUBMIT, *several, Choice.QUIT)
        case Phase.TIME_UP | Phase.RATING | Phase.OVER:
            return (Choice.QUIT,)


def judges_saves(state: State) -> bool:
    """Whether a save is judged by itself."""
    return state.setup.mode is Mode.LEARN and state.phase is Phase.CODING


def time_is_up(state: State, spent: float) -> bool:
    """Whether the time of this phase is used up and that means something: learning goes on."""
    ends = state.phase is Phase.READING or (state.phase is Phase.CODING and state.setup.mode is Mode.INTERVIEW)
    return ends and state.left(spent) <= 0


def submissions_left(state: State, task: int) -> int | None:
    """How many are left; None where there is no limit."""
    if state.setup.mode is Mode.LEARN:
        return None
    return max(state.setup.submissions - state.tasks[task].submissions, 0)


def _charge(state: State, entry: Entry) -> State:
    """Count the time since the last event for the task that was worked on."""
    went_by = max(entry.spent - state.spent, 0.0)
    if state.phase is Phase.CODING:
        state = _with_task(state, state.current, used=state.tasks[state.current].used + went_by)
    return replace(state, spent=max(entry.spent, state.spent), entries=state.entries + 1)


def _judged(state: State, event: Judged) -> State:
    task = state.tasks[event.task]
    after = state.coding(event.after)
    point = Point(after=after, passed=len(event.passed), total=event.total, accepted=event.accepted)
    kept = {name: first for name, first in task.green.items() if name not in event.failed}
    green = {**dict.fromkeys(event.passed, after), **kept}
    submissions = task.submissions + (event.occasion is not Occasion.SAVE)
    met = task.mistakes
    if event.mistake and event.mistake not in (each.mistake for each in met):
        met = (*met, Met(mistake=event.mistake, title=event.title))
    ending = task.ending
    if ending is None:
        ending = _ending(state, event, submissions)
    used = task.used
    if ending is not None and task.ending is None and state.phase is Phase.CODING and state.current == event.task:
        used = max(used - max(state.spent - event.after, 0.0), 0.0)  # the judging itself is not the person's time
    return _with_task(
        state,
        event.task,
        used=used,
        submissions=submissions,
        journey=(*task.journey, point),
        green=green,
        mistakes=met,
        failing=event.failing,
        last=event,
        ending=ending,
    )


def _ending(state: State, event: Judged, submissions: int) -> Ending | None:
    if event.accepted:
        return Ending.SOLVED
    if event.occasion is Occasion.TIME_UP:
        return Ending.TIME_UP
    if state.setup.mode is Mode.INTERVIEW and submissions >= state.setup.submissions:
        return Ending.REJECTED
    return None


def _with_task(state: State, place: int, **fields: object) -> State:
    tasks = list(state.tasks)
    tasks[place] = replace(tasks[place], **fields)
    return replace(state, tasks=tuple(tasks))


def _settled(state: State) -> State:
    """Go on to what comes next: the next problem, the questions at the end, the end."""
    left = state.unended()
    if state.phase in (Phase.CODING, Phase.TIME_UP):
        if not left:
            state = replace(state, phase=Phase.RATING)
        elif state.current not in left:
            following = next((place for place in left if place > state.current), left[0])
            state = replace(state, current=following)
    if state.phase is Phase.RATING and not state.unrated():
        state = replace(state, phase=Phase.OVER)
    return state
