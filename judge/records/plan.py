"""A study plan: which problem on which day, to a date. It is computed again each time, from what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import msgspec

from judge.practice.choosing import is_due, ranked
from judge.practice.schedule import Outcome, Rating, Review, due_after
from judge.records.overview import Done, Local
from judge.records.sessions import Plan
from problems import Problem

MOCK_WEEKS = 2  # a mock interview every so many weeks
SHARE_OF_REVIEWS = 4  # one session of so many at least: what does not come back is forgotten
LEAST_SECONDS = 300.0  # what was given up before that was not practised


class Why(StrEnum):
    """Why a problem stands in the plan."""

    NEW = "new"
    UNTIMED = "solved, not practised yet"
    AGAIN = "comes back"
    MOCK = "mock interview"


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One session of the plan."""

    day: date
    problems: tuple[str, ...]
    why: Why
    minutes: int


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """One week of the plan.

    Attributes:
        number: from 1.
        first: its first day.
        done: sessions that were practised in it.
        slots: sessions that are to come.
    """

    number: int
    first: date
    done: int
    slots: tuple[Slot, ...]

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first + timedelta(days=6)


def weeks_until(day: date, today: date) -> int:
    """How many weeks there are to a day, the one that has begun included."""
    return max(((day - today).days + 7) // 7, 1)


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """The plan as it stands.

    Attributes:
        weeks: all of them.
        left: new problems for which there is no session.
    """

    weeks: tuple[Week, ...]
    left: tuple[str, ...]


def outlook(
    plan: Plan,
    problems: Sequence[Problem],
    *,
    done: Sequence[Done],
    due: Mapping[str, datetime],
    solved: frozenset[str],
    now: datetime,
    local: Local,
) -> Outlook:
    """The plan as it stands today.

    Every new problem gets a session while there are sessions, in the order of `judge.practice.choosing.in_order`. What is left is for
    mock interviews, one every second week, and for what is due; reviews are spread over the whole plan.

    Args:
        plan: how many a week, for how many weeks.
        problems: all there are.
        done: what was practised to its end.
        due: when each problem is due.
        solved: those that were accepted at least once.
        now: the wall time.
        local: a moment in the person's time zone.
    """
    begun, today = local(plan.begun).date(), local(now).date()
    done = [each for each in done if not _was_left_at_once(each)]
    days = [local(each.at).date() for each in done]
    practised_in, days_of = [], []
    for number in range(plan.weeks):
        first = begun + timedelta(weeks=number)
        practised = sum(first <= day <= first + timedelta(days=6) for day in days)
        start = max(first, today + timedelta(days=1) if today in days else today)
        practised_in.append(practised)
        days_of.append(spread(start, first + timedelta(days=6), max(plan.per_week - practised, 0)))
    known = {each.problem for each in done}
    mocks = sum(bool(each) for each in days_of[1::MOCK_WEEKS])
    future = _Future(
        problems,
        done,
        {name: when for name, when in due.items() if name in known},
        solved,
        now=local(now),
        sessions=sum(map(len, days_of)),
        mocks=mocks,
    )
    weeks = []
    for number, (practised, dates) in enumerate(zip(practised_in, days_of, strict=True)):
        is_mock_week = number % MOCK_WEEKS == MOCK_WEEKS - 1
        slots = [future.take(day, mock=is_mock_week and day == dates[-1]) for day in dates]
        weeks.append(
            Week(
                number=number + 1,
                first=begun + timedelta(weeks=number),
                done=practised,
                slots=tuple(slot for slot in slots if slot is not None),
            )
        )
    return Outlook(weeks=tuple(weeks), left=tuple(problem.name for problem in future.new))


def _was_left_at_once(each: Done) -> bool:
    """Whether it was given up before anybody could have tried it."""
    return each.outcome == Outcome.GAVE_UP and each.seconds < LEAST_SECONDS


def spread(first: date, last: date, count: int) -> list[date]:
    """So many days between two, both included, as far apart as can be; none where there is no day."""
    days = (last - first).days + 1
    return [first + timedelta(days=place * days // count) for place in range(count)] if days > 0 else []


class _Future:
    """What will have been practised, if the plan is followed and all goes well.

    Args:
        problems: all there are.
        done: what was practised.
        due: when what was practised is due.
        solved: those that were accepted at least once.
        now: the wall time.
        sessions: how many there are to come.
        mocks: how many of these are to be mock interviews.

    Attributes:
        new: problems that were not practised yet, in the order in which they are learned.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        done: Sequence[Done],
        due: Mapping[str, datetime],
        solved: frozenset[str],
        *,
        now: datetime,
        sessions: int,
        mocks: int,
    ) -> None:
        self._problems = {problem.name: problem for problem in problems}
        self._reviews: dict[str, list[Review]] = {}
        for each in done:
            self._reviews.setdefault(each.problem, []).append(Review(at=each.at, rating=Rating(each.rating)))
        self._due = {slug: when for slug, when in due.items() if slug in self._problems}
        self._solved = solved
        self._zone = now.tzinfo
        order = ranked(list(self._problems.values()), due=self._due, solved=solved, now=now)
        self.new = [problem for problem in order if problem.name not in self._due]
        self._sessions = sessions
        self._spare = max(sessions - len(self.new), 0)  # sessions that no new problem needs
        self._mocks = min(mocks, self._spare)
        self._for_reviews = max(self._spare - self._mocks, sessions // SHARE_OF_REVIEWS)
        self._taken = self._reviewed = 0

    def take(self, day: date, *, mock: bool) -> Slot | None:
        """The session of a day; None where nothing was ever practised and nothing is new.

        Args:
            day: of the session.
            mock: it is to be a mock interview, where the plan has room for one.
        """
        self._taken += 1
        if mock and self._mocks and (slot := self._mock(day)) is not None:
            self._mocks -= 1
            return slot
        noon = datetime.combine(day, time(12), self._zone)
        due = [slug for slug in sorted(self._due, key=lambda each: self._due[each]) if is_due(self._due[slug], noon)]
        has_time = self._reviewed < self._for_reviews * self._taken / self._sessions
        if due and (has_time or not self.new):
            self._reviewed += 1
            return self._slot(self._problems[due[0]], noon, Why.AGAIN)
        if self.new:
            problem = self.new.pop(0)
            return self._slot(problem, noon, Why.UNTIMED if problem.name in self._solved else Why.NEW)
        return self._mock(day)

    def _slot(self, problem: Problem, noon: datetime, why: Why) -> Slot:
        known = self._reviews.setdefault(problem.name, [])
        known.append(Review(at=noon, rating=Rating.GOOD))
        self._due[problem.name] = due_after(known)
        return Slot(day=noon.date(), problems=(problem.name,), why=why, minutes=problem.minutes)

    def _mock(self, day: date) -> Slot | None:
        """Two problems in one clock, those that were not looked at for longest; None before two were practised."""
        order = sorted(self._reviews, key=lambda slug: self._reviews[slug][-1].at)
        chosen = [slug for slug in order if slug in self._problems][:2]
        if len(chosen) < 2:
            return None
        noon = datetime.combine(day, time(12), self._zone)
        for slug in chosen:
            self._reviews[slug].append(Review(at=noon, rating=Rating.GOOD))
            self._due[slug] = due_after(self._reviews[slug])
        minutes = sum(self._problems[slug].minutes for slug in chosen)
        return Slot(day=day, problems=tuple(chosen), why=Why.MOCK, minutes=minutes)
