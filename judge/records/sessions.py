"""Practice as it is kept: each session's events, the reviews that follow, and the plan. What was shown has been written before."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import msgspec

from judge.practice.clock import Reading
from judge.practice.events import AnyEvent, Entry, Setup
from judge.practice.schedule import Outcome, Rating, Review, due_after
from judge.practice.state import Phase, State, apply, begin
from judge.records.measures import LAST_YEAR, MOST_PER_WEEK, MOST_WEEKS, moment, seconds, uid, whole
from judge.records.store import Row, Store, insertion, new_uid, stamp
from judge.verdict import UsageError


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """When a session was last known to run, and how much of its time was used up then."""

    spent: float
    reading: Reading


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """When a problem is to be practised again."""

    problem: str
    due: datetime


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A study plan: so many sessions a week, for so many weeks from a day on."""

    begun: datetime
    weeks: int
    per_week: int


class Log:
    """One session, as it happens.

    Args:
        store: where it is kept.
        uid: its name.
        setup: what it was begun with.
        at: when, as it is kept.
        entries: what has happened.
        seen: when it was last known to run.
    """

    def __init__(self, store: Store, *, uid: str, setup: Setup, at: str, entries: list[Entry], seen: Seen) -> None:
        self.uid = uid
        self.setup = setup
        self.at = at
        self.entries = entries
        self.seen = seen
        self._store = store
        self.state: State = begin(setup)
        for entry in entries:
            self.state = apply(self.state, entry)

    def happened(self, event: AnyEvent, spent: float, reading: Reading, *rows: Row) -> State:
        """Keep an event, and other rows together with it. When this returns, a crash no longer loses it."""
        entry = Entry(number=len(self.entries), at=stamp(reading.at), spent=spent, event=event)
        self.entries.append(entry)
        self.state = apply(self.state, entry)
        self.seen = Seen(spent=spent, reading=reading)
        over = self.state.phase is Phase.OVER
        last: list[Row] = [_seen_row(self.uid, self.seen, finished=over)]
        if over:
            last.append(("DELETE FROM snapshots WHERE session = ?", (self.uid,)))
        self._keep([_entry_row(self.uid, entry), *rows, *last])
        return self.state

    def alive(self, spent: float, reading: Reading) -> None:
        """Keep how much time is used up, so that a cut loses little of it."""
        self.seen = Seen(spent=spent, reading=reading)
        self._store.write(*_seen_row(self.uid, self.seen, finished=False))

    def snapshot(self, task: int, source: bytes, spent: float, reading: Reading) -> None:
        """Keep what was saved and is not judged yet, in place of what was saved before."""
        columns = {
            "session": self.uid,
            "task": task,
            "at": stamp(reading.at),
            "spent_seconds": spent,
            "source": source,
        }
        self._store.write(*insertion("snapshots", columns, conflict="REPLACE"))

    def last_snapshot(self, task: int) -> bytes | None:
        """What was saved last, as far as it was seen."""
        rows = self._store.read("SELECT source FROM snapshots WHERE session = ? AND task = ?", (self.uid, task))
        return bytes(rows[0][0]) if rows and isinstance(rows[0][0], bytes) else None

    def abandon(self) -> None:
        """Close it as it is: nobody is going to take it up again."""
        statement = "UPDATE sessions SET finished_at = ? WHERE uid = ?"
        self._store.write(statement, (self._store.time(), self.uid))

    def _keep(self, rows: list[Row]) -> None:
        try:
            self._store.write_together(rows)
        except sqlite3.IntegrityError as error:
            raise UsageError("This session goes on in another terminal: this one stops here.") from error
        if not self._store.read("SELECT 1 FROM sessions WHERE uid = ?", (self.uid,)):
            # The file was damaged and set aside: what is known here goes into the new one.
            whole = [_session_row(self.uid, self.setup, self.at, self.seen, conflict="IGNORE")]
            whole += [_entry_row(self.uid, entry, conflict="IGNORE") for entry in self.entries]
            whole.append(_seen_row(self.uid, self.seen, finished=self.state.phase is Phase.OVER))
            self._store.write_together(whole)


def begin_session(store: Store, setup: Setup, reading: Reading) -> Log:
    """Keep a new session."""
    uid, at, seen = new_uid(), stamp(reading.at), Seen(spent=0.0, reading=reading)
    store.write(*_session_row(uid, setup, at, seen))
    return Log(store, uid=uid, setup=setup, at=at, entries=[], seen=seen)


def unfinished(store: Store) -> list[Log]:
    """Sessions that were cut off or left, the latest first."""
    columns = "uid, setup, at, spent_seconds, seen_at, seen_passed, seen_boot"
    return store.usable(
        "sessions",
        columns,
        lambda *row: _log(store, *row),
        "WHERE finished_at IS NULL ORDER BY seen_at DESC, id DESC",
    )


def entries_of(store: Store, session: str, setup: Setup) -> list[Entry]:
    """A session's events, in order.

    Raises:
        Senseless: they make no sense; so do the exceptions of `UNREADABLE`.
    """
    from judge.records import soundness

    names = ("number", "at", "spent_seconds", "event")
    rows = store.read(f"SELECT {', '.join(names)} FROM events WHERE session = ? ORDER BY number", (session,))
    return soundness.entries_of(setup, [dict(zip(names, row, strict=True)) for row in rows])


def review_row(
    store: Store,
    problem: str,
    *,
    at: datetime,
    session: str | None,
    outcome: Outcome,
    seconds: float,
    minutes: float,
    feeling: str | None,
    rating: Rating,
) -> tuple[Row, datetime]:
    """What keeps a review, and when the problem is due after it."""
    due = due_after([*reviews_of(store, problem), Review(at=at, rating=rating)])
    columns = {
        "uid": new_uid(),
        "at": stamp(at),
        "problem": problem,
        "session": session,
        "outcome": outcome.value,
        "seconds": seconds,
        "minutes": minutes,
        "feeling": feeling,
        "rating": int(rating),
        "due": stamp(due),
    }
    return insertion("reviews", columns), due


def reviews_of(store: Store, problem: str) -> list[Review]:
    """Every time that a problem was practised to its end."""
    found = store.usable("reviews", "at, rating", review, "WHERE problem = ?", (problem,))
    return sorted(found, key=lambda each: each.at)


def review(at: object, rating: object) -> Review:
    """A review, as far as the next date follows from it.

    Raises:
        Senseless: it makes no sense.
    """
    return Review(at=moment(at), rating=Rating(whole(rating, "rating", 1, 4)))


def due_dates(store: Store) -> dict[str, datetime]:
    """When each problem that was practised is due: as its last review says."""

    def dated(at: object, problem: object, due: object) -> tuple[datetime, Due]:
        return moment(at), Due(problem=str(problem), due=moment(due, "due", last_year=LAST_YEAR + 1))

    found = store.usable("reviews", "at, problem, due", dated, "ORDER BY id")
    return {each.problem: each.due for _, each in sorted(found, key=lambda pair: pair[0])}


def keep_plan(store: Store, plan: Plan) -> None:
    """Keep a study plan in place of the last, and of those that another clock has dated later."""
    at = stamp(plan.begun)
    columns = {"uid": new_uid(), "at": at, "weeks": plan.weeks, "per_week": plan.per_week}
    store.write_together([("DELETE FROM plans WHERE at > ?", (at,)), insertion("plans", columns)])


def current_plan(store: Store) -> Plan | None:
    """The plan that was made last; None where there is none."""

    def planned(at: object, weeks: object, per_week: object) -> Plan:
        each = whole(per_week, "per_week", 1, MOST_PER_WEEK)
        return Plan(begun=moment(at), weeks=whole(weeks, "weeks", 1, MOST_WEEKS), per_week=each)

    found = store.usable("plans", "at, weeks, per_week", planned, "ORDER BY at DESC, id DESC")
    return found[0] if found else None


def _log(
    store: Store, name: object, text: object, at: object, spent: object, seen_at: object, passed: object, boot: object
) -> Log:
    from judge.records.soundness import setup_of

    setup = setup_of(text)
    reading = Reading(at=moment(seen_at, "seen_at"), passed=seconds(passed, "seen_passed"), awake=0.0, boot=str(boot))
    return Log(
        store,
        uid=uid(name),
        setup=setup,
        at=stamp(moment(at)),
        entries=entries_of(store, uid(name), setup),
        seen=Seen(spent=seconds(spent, "spent_seconds"), reading=reading),
    )


def _session_row(uid: str, setup: Setup, at: str, seen: Seen, *, conflict: str = "ABORT") -> Row:
    columns = {
        "uid": uid,
        "at": at,
        "setup": msgspec.json.encode(setup).decode(),
        "spent_seconds": seen.spent,
        "seen_at": stamp(seen.reading.at),
        "seen_passed": seen.reading.passed,
        "seen_boot": seen.reading.boot,
    }
    return insertion("sessions", columns, conflict=conflict)


def _entry_row(uid: str, entry: Entry, *, conflict: str = "ABORT") -> Row:
    columns = {
        "session": uid,
        "number": entry.number,
        "at": entry.at,
        "spent_seconds": entry.spent,
        "event": msgspec.json.encode(entry.event).decode(),
    }
    return insertion("events", columns, conflict=conflict)


def _seen_row(uid: str, seen: Seen, *, finished: bool) -> Row:
    at = stamp(seen.reading.at)
    statement = "UPDATE sessions SET spent_seconds = ?, seen_at = ?, seen_passed = ?, seen_boot = ?, finished_at = ? WHERE uid = ?"
    return statement, (seen.spent, at, seen.reading.passed, seen.reading.boot, at if finished else None, uid)
