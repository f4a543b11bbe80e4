"""A study plan: which problem on which day, to a date. It is reckoned anew each time, from what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import msgspec

from judge.practice.choosing import ranked
from judge.practice.schedule import Rating, Review, due_after
from judge.records.overview import Done, Local
from judge.records.sessions import Plan
from problems import Problem


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


def reckon(
    plan: Plan,
    problems: Sequence[Problem],
    *,
    done: Sequence[Done],
    due: Mapping[str, datetime],
    solved: frozenset[str],
    now: datetime,
    local: Local,
) -> tuple[Week, ...]:
    """The plan as it stands today.

    Sessions to come are dealt out as `judge practice` would choose: what is due, then what is new, each taken to go well; days on
    which neither is left are for mock interviews.

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
    future = _Future(problems, done, due, solved, now=local(now))
    days = [local(each.at).date() for each in done]
    weeks = []
    for number in range(plan.weeks):
        first = begun + timedelta(weeks=number)
        practised = sum(first <= day <= first + timedelta(days=6) for day in days)
        left = max(plan.per_week - practised, 0)
        start = max(first, today + timedelta(days=1) if today in days else today)
        slots = [future.take(day) for day in spread(start, first + timedelta(days=6), left)]
        weeks.append(
            Week(
                number=number + 1, first=first, done=practised, slots=tuple(slot for slot in slots if slot is not None)
            )
        )
    return tuple(weeks)


def spread(first: date, last: date, count: int) -> list[date]:
    """So many days between two, both included, as far apart as can be; none where there is no day."""
    days = (last - first).days + 1
    return [first + timedelta(days=place * days // count) for place in range(count)] if days > 0 else []


class _Future:
    """What will have been practised, if the plan is followed and all goes well."""

    def __init__(
        self,
        problems: Sequence[Problem],
        done: Sequence[Done],
        due: Mapping[str, datetime],
        solved: frozenset[str],
        *,
        now: datetime,
    ) -> None:
        self._problems = {problem.name: problem for problem in problems}
        self._reviews: dict[str, list[Review]] = {}
        for each in done:
            self._reviews.setdefault(each.problem, []).append(Review(at=each.at, rating=Rating(each.rating)))
        self._due = {slug: when for slug, when in due.items() if slug in self._problems}
        self._solved = solved
        self._zone = now.tzinfo

    def take(self, day: date) -> Slot | None:
        """The session of a day; None where nothing was ever practised and nothing is new."""
        noon = datetime.combine(day, time(12), self._zone)
        order = ranked(list(self._problems.values()), due=self._due, solved=self._solved, now=noon)
        if not order:
            return None
        first = order[0]
        again = first.name in self._due
        if again and self._due[first.name].astimezone(self._zone).date() > day:
            return self._mock(day)
        known = self._reviews.setdefault(first.name, [])
        known.append(Review(at=noon, rating=Rating.GOOD))
        self._due[first.name] = due_after(known)
        return Slot(day=day, problems=(first.name,), why=self._why(first.name, again), minutes=first.minutes)

    def _why(self, slug: str, again: bool) -> Why:
        if again:
            return Why.AGAIN
        return Why.UNTIMED if slug in self._solved else Why.NEW

    def _mock(self, day: date) -> Slot | None:
        """Two problems in one clock, those that were not looked at for longest."""
        order = sorted(self._reviews, key=lambda slug: self._reviews[slug][-1].at)
        chosen = [slug for slug in order if slug in self._problems][:2]
        if not chosen:
            return None
        noon = datetime.combine(day, time(12), self._zone)
        for slug in chosen:
            self._reviews[slug].append(Review(at=noon, rating=Rating.GOOD))
            self._due[slug] = due_after(self._reviews[slug])
        minutes = sum(self._problems[slug].minutes for slug in chosen)
        return Slot(day=day, problems=tuple(chosen), why=Why.MOCK, minutes=minutes)
