"""What is fixed when a practice session begins, and what can happen in it: plain data, kept as it comes."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Mode(StrEnum):
    """How a session goes.

    In learn mode every save is judged and help is at hand; the clock shows what the time is, and ends nothing. In interview mode
    nothing is judged until it is submitted, and the clock decides.
    """

    LEARN = "learn"
    INTERVIEW = "interview"


class Feeling(StrEnum):
    """How it felt, in the person's own judgement."""

    ACED = "aced it"
    TOOK_TIME = "took time"
    DID_NOT_GET = "didn't get it"
    JUST_SAW = "just saw it somewhere"


class Occasion(StrEnum):
    """Why a file was judged."""

    SAVE = "save"
    SUBMIT = "submit"
    TIME_UP = "time-up"


class Ending(StrEnum):
    """How the work on a problem ended."""

    SOLVED = "solved"
    REJECTED = "rejected"
    TIME_UP = "time up"
    GAVE_UP = "gave up"


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One problem of a session.

    Attributes:
        problem: its slug.
        name: as it was typed, which the file is called after.
        framework: its name, "torch", "numpy", "python" or one that a pack brings.
        file: the solution's absolute path.
        minutes: what an interview gives for it.
    """

    problem: str
    name: str
    framework: str
    file: str
    minutes: float


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a session was begun with.

    Attributes:
        mode: see `Mode`.
        tasks: the problems, in order.
        minutes: for all of them together.
        read_minutes: to read the statement in before the clock of the coding starts.
        submissions: how many each problem may have in interview mode.
        seed: that the cases follow from, at every judging.
        sandbox: where files run.
    """

    mode: Mode
    tasks: tuple[Task, ...]
    minutes: float
    read_minutes: float = 0.0
    submissions: int = 1
    seed: int
    sandbox: str = "auto"


class Failing(msgspec.Struct, frozen=True, kw_only=True):
    """A counterexample that can be tried again.

    Attributes:
        check: that failed on it.
        case: what the check's program follows from.
        sentence: what was found, to the user.
    """

    check: str
    case: dict[str, Any]
    sentence: str


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Something that happened."""


class Began(Event, frozen=True, tag="began"):
    """The clock of the coding started."""


class Judged(Event, frozen=True, kw_only=True, tag="judged"):
    """A verdict was reached.

    Attributes:
        task: place in `Setup.tasks`.
        occasion: why it was judged.
        after: seconds on the session's clock when it was saved or submitted.
        attempt: uid of what is kept of it.
        verdict: its kind.
        headline: the verdict in a sentence.
        passed: names of the checks that passed.
        failed: names of those that failed; what stands in neither was not tried.
        total: how many checks there are; 0 where none was tried.
        mistake: id of what was recognised; "" where nothing was.
        title: of the mistake.
        failing: the counterexample.
        mended: what the last counterexample showed is no longer so; None where there was none to try.
        seconds: from the save to the verdict.
    """

    task: int
    occasion: Occasion
    after: float
    attempt: str
    verdict: str
    headline: str
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    total: int = 0
    mistake: str = ""
    title: str = ""
    failing: Failing | None = None
    mended: bool | None = None
    seconds: float = 0.0

    @property
    def accepted(self) -> bool:
        """Whether it is right."""
        return self.verdict == "accepted"


class Retried(Event, frozen=True, kw_only=True, tag="retried"):
    """The last counterexample was tried first: `mended` where what it showed is no longer so; `sentence` is what it shows now."""

    task: int
    mended: bool
    sentence: str


class FirstFailureShown(Event, frozen=True, kw_only=True, tag="noticed"):
    """A check fails: said before the smallest failing input is known."""

    task: int
    check: str
    verdict: str
    sentence: str


class Hinted(Event, frozen=True, kw_only=True, tag="hinted"):
    """A hint was shown; `number` counts from 1."""

    task: int
    number: int


class Ended(Event, frozen=True, kw_only=True, tag="ended"):
    """The work on a problem ended without a verdict of its own; `note` says why, where there is more to say."""

    task: int
    ending: Ending
    note: str = ""


class Switched(Event, frozen=True, kw_only=True, tag="switched"):
    """The person went to another problem of the session."""

    task: int


class TimeUp(Event, frozen=True, tag="time-up"):
    """The time for coding was used up."""


class Rated(Event, frozen=True, kw_only=True, tag="rated"):
    """The person said how it felt, or would not."""

    task: int
    feeling: Feeling | None


class ClockMoved(Event, frozen=True, kw_only=True, tag="clock-moved"):
    """The system's time was changed, forward where `seconds` is positive. What is used up did not change."""

    seconds: float


class Resumed(Event, frozen=True, kw_only=True, tag="resumed"):
    """The session was taken up again, `away` seconds after it was cut off or left."""

    away: float


AnyEvent = (
    Began | Judged | Retried | FirstFailureShown | Hinted | Ended | Switched | TimeUp | Rated | ClockMoved | Resumed
)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An event, and when it happened.

    Attributes:
        number: counted from 0 in its session.
        at: the wall time, in UTC, as it is kept.
        spent: seconds on the session's clock.
        event: what happened.
    """

    number: int
    at: str
    spent: float
    event: AnyEvent
