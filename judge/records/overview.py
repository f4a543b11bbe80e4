"""How it is going: what is solved and due, how long it took, which mistakes come again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from judge.practice.choosing import in_order, is_due
from judge.records.history import Line
from judge.records.measures import minutes, moment, seconds, whole
from judge.records.store import Store
from problems import Problem

Local = Callable[[datetime], datetime]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One problem practised to its end: a review, as it is kept."""

    at: datetime
    problem: str
    outcome: str
    seconds: float
    minutes: float
    feeling: str | None
    rating: int

    @property
    def solved(self) -> bool:
        """Whether it was."""
        return self.outcome.startswith("solved")


class ProblemProgress(msgspec.Struct, frozen=True, kw_only=True):
    """One problem.

    Attributes:
        problem: its slug.
        title: of the problem.
        attempts: how often it was judged.
        until_accepted: how often up to the first acceptance; None before it.
        first_accepted: when that was.
        best_seconds: the shortest time to an acceptance in a session.
        due: when it is to be practised again.
        is_due: whether that day has come.
    """

    problem: str
    title: str
    attempts: int
    until_accepted: int | None
    first_accepted: datetime | None
    best_seconds: float | None
    due: datetime | None
    is_due: bool


class TopicProgress(msgspec.Struct, frozen=True, kw_only=True):
    """One topic: how many problems it has, how many are solved, how many are due."""

    topic: str
    problems: int
    solved: int
    due: int


class MistakeMade(msgspec.Struct, frozen=True, kw_only=True):
    """A mistake, and how often it was made: attempts in a row that show it are one time."""

    mistake: str
    title: str
    times: int
    problems: tuple[str, ...]


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """How often something was judged on a day."""

    day: date
    attempts: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that `judge stats` shows.

    Attributes:
        at: when it was looked at.
        problems: each, in the order of the plan.
        topics: each, by name.
        done: what was practised to its end, the oldest first.
        mistakes: those made most often first.
        days: those on which something was judged.
        streak: days in a row with an attempt, up to today or yesterday.
    """

    at: datetime
    problems: tuple[ProblemProgress, ...]
    topics: tuple[TopicProgress, ...]
    done: tuple[Done, ...]
    mistakes: tuple[MistakeMade, ...]
    days: tuple[Day, ...]
    streak: int

    @property
    def solved(self) -> int:
        """How many problems were accepted at least once."""
        return sum(each.first_accepted is not None for each in self.problems)

    @property
    def due(self) -> tuple[ProblemProgress, ...]:
        """What is due, the longest overdue first."""
        found = [each for each in self.problems if each.is_due]
        return tuple(sorted(found, key=lambda each: each.due or self.at))


def done_sessions(store: Store) -> tuple[Done, ...]:
    """What was practised to its end, the oldest first."""
    columns = "at, problem, outcome, seconds, minutes, feeling, rating"
    return tuple(sorted(store.usable("reviews", columns, _done, "ORDER BY id"), key=lambda each: each.at))


def _done(
    at: object, problem: object, outcome: object, spent: object, given: object, feeling: object, rating: object
) -> Done:
    return Done(
        at=moment(at),
        problem=str(problem),
        outcome=str(outcome),
        seconds=seconds(spent),
        minutes=minutes(given),
        feeling=None if feeling is None else str(feeling),
        rating=whole(rating, "rating", 1, 4),
    )


def progress(
    lines: Sequence[Line],
    done: Sequence[Done],
    due: Mapping[str, datetime],
    problems: Sequence[Problem],
    *,
    now: datetime,
    local: Local,
) -> Progress:
    """Put it together.

    Args:
        lines: every attempt, the oldest first.
        done: what was practised to its end.
        due: when each problem is due.
        problems: all there are.
        now: the wall time.
        local: a moment in the person's time zone, in which days are counted.
    """
    each = tuple(_problem(problem, lines, done, due.get(problem.name), local(now)) for problem in in_order(problems))
    days: dict[date, int] = {}
    for line in lines:
        day = local(line.at).date()
        days[day] = days.get(day, 0) + 1
    return Progress(
        at=now,
        problems=each,
        topics=_topics(problems, each),
        done=tuple(done),
        mistakes=mistakes_made(lines),
        days=tuple(Day(day=day, attempts=count) for day, count in sorted(days.items())),
        streak=streak(set(days), local(now).date()),
    )


def mistakes_made(lines: Sequence[Line]) -> tuple[MistakeMade, ...]:
    """Each mistake that was recognised; two at once count for each."""
    times: dict[str, int] = {}
    titles: dict[str, str] = {}
    where: dict[str, dict[str, None]] = {}
    last: dict[str, frozenset[str]] = {}
    for line in lines:
        if line.problem is None:
            continue
        found = dict(zip(line.mistake.split("+"), line.title.split("; "), strict=False)) if line.mistake else {}
        for mistake, title in found.items():
            titles[mistake] = title
            where.setdefault(mistake, {})[line.problem] = None
            if mistake not in last.get(line.problem, frozenset()):
                times[mistake] = times.get(mistake, 0) + 1
        last[line.problem] = frozenset(found)
    order = sorted(times, key=lambda mistake: (-times[mistake], mistake))
    return tuple(
        MistakeMade(mistake=name, title=titles[name], times=times[name], problems=tuple(where[name])) for name in order
    )


def streak(days: set[date], today: date) -> int:
    """Days in a row, up to today, or to yesterday where today has not been used yet."""
    day = today if today in days else today - timedelta(days=1)
    count = 0
    while day in days:
        count += 1
        day -= timedelta(days=1)
    return count


def _problem(
    problem: Problem, lines: Sequence[Line], done: Sequence[Done], due: datetime | None, now: datetime
) -> ProblemProgress:
    own = [line for line in lines if line.problem == problem.name]
    first = next((place for place, line in enumerate(own) if line.verdict == "accepted"), None)
    times = [each.seconds for each in done if each.problem == problem.name and each.solved]
    return ProblemProgress(
        problem=problem.name,
        title=problem.title,
        attempts=len(own),
        until_accepted=None if first is None else first + 1,
        first_accepted=None if first is None else own[first].at,
        best_seconds=min(times, default=None),
        due=due,
        is_due=due is not None and is_due(due, now),
    )


def _topics(problems: Sequence[Problem], each: Sequence[ProblemProgress]) -> tuple[TopicProgress, ...]:
    known = {progress.problem: progress for progress in each}
    names = sorted({topic for problem in problems for topic in problem.topics})
    rows = []
    for topic in names:
        found = [known[problem.name] for problem in problems if topic in problem.topics]
        rows.append(
            TopicProgress(
                topic=topic,
                problems=len(found),
                solved=sum(one.first_accepted is not None for one in found),
                due=sum(one.is_due for one in found),
            )
        )
    return tuple(rows)
