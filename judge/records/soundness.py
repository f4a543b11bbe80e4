"""What a record must be to be taken in, and to be reckoned with: by what `judge import` reads and what the store holds already.

Reading is tolerant: a record that makes no sense is left out of what is reckoned, and named. Nothing is corrected in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import msgspec

from judge.practice.events import (
    AnyEvent,
    ClockMoved,
    Ended,
    Entry,
    Feeling,
    FirstFailureShown,
    Hinted,
    Judged,
    Rated,
    Resumed,
    Retried,
    Setup,
    Switched,
)
from judge.practice.schedule import Outcome
from judge.practice.state import replay
from judge.records.consistency import require_consistent
from judge.records.measures import (
    LAST_YEAR,
    MOST_DEPTH,
    MOST_HINTS,
    MOST_PER_WEEK,
    MOST_SECONDS,
    MOST_WEEKS,
    Senseless,
    depth,
    framework,
    minutes,
    moment,
    number,
    one_of,
    seconds,
    uid,
    whole,
    whole_numbers,
    words,
)
from judge.records.store import stamp
from judge.settings import LARGEST_SEED, SANDBOXES
from judge.verdict import Kind, Verdict

OCCASIONS = ("run", "save", "submit", "time-up")
MOST_CODE = 32 << 20
MOST_SUBMISSIONS = 1_000
MOST_TASKS = 100
MOST_EVENTS = 100_000
MOST_CHECKS = 10_000
MOST_PATH = 4_096
Record = Mapping[str, object]


def sound(table: str, record: Record, events: Sequence[Record] = ()) -> dict[str, Any]:
    """A record as it is kept: its times in UTC, and all in it possible.

    Args:
        table: that it belongs to.
        record: by column; what is kept as JSON is its text.
        events: of a session, in order.

    Returns:
        the columns, and of a session `events`, a list of the same.

    Raises:
        Senseless: it makes no sense; so do the exceptions of `UNREADABLE`.
    """
    kept: dict[str, Any] = {**record, "uid": uid(record["uid"]), "at": stamp(moment(record["at"]))}
    _CHECKS[table](kept)
    if table == "sessions":
        kept["events"] = _sound_events(setup_of(kept["setup"]), events)
    return kept


def setup_of(text: object) -> Setup:
    """What a session was begun with, from its JSON.

    Raises:
        Senseless: it makes no sense; so do the exceptions of `UNREADABLE`.
    """
    setup = msgspec.json.decode(words(text, "setup", MOST_CODE), type=Setup)
    whole(len(setup.tasks), "the number of tasks", 1, MOST_TASKS)
    for task in setup.tasks:
        words(task.problem, "problem")
        words(task.name, "name")
        framework(task.framework)
        minutes(task.minutes)
        _require_solution_path(task.file)
    minutes(setup.minutes)
    if setup.read_minutes:
        minutes(setup.read_minutes, "read_minutes")
    whole(setup.submissions, "submissions", 1, MOST_SUBMISSIONS)
    whole(setup.seed, "seed", 0, LARGEST_SEED)
    one_of(setup.sandbox, "sandbox", SANDBOXES)
    return setup


def entries_of(setup: Setup, events: Sequence[Record]) -> list[Entry]:
    """A session's events; none is missing, and they lead somewhere.

    Args:
        setup: of the session.
        events: in order.

    Raises:
        Senseless: they make no sense; so do the exceptions of `UNREADABLE`.
    """
    whole(len(events), "the number of events", 0, MOST_EVENTS)
    entries = []
    for place, event in enumerate(events):
        if event["number"] != place:
            raise Senseless(f"event {place} of the session is missing")
        happened = msgspec.json.decode(words(event["event"], "event", MOST_CODE), type=AnyEvent)
        _require_possible(happened, len(setup.tasks))
        at = stamp(moment(event["at"], "at of an event"))
        spent = seconds(event["spent_seconds"], "spent_seconds of an event")
        entries.append(Entry(number=place, at=at, spent=spent, event=happened))
    replay(setup, entries)
    return entries


def verdict_of(text: object) -> Verdict:
    """A verdict from its JSON, which can be shown.

    Raises:
        Senseless: it makes no sense; so do the exceptions of `UNREADABLE`.
    """
    verdict = msgspec.json.decode(words(text, "verdict_json", MOST_CODE), type=Verdict)
    require_consistent(verdict)
    return verdict


def _sound_events(setup: Setup, events: Sequence[Record]) -> list[dict[str, Any]]:
    entries = entries_of(setup, events)
    return [{**event, "at": entry.at} for event, entry in zip(events, entries, strict=True)]


def _attempt(kept: dict[str, Any]) -> None:
    verdict = verdict_of(kept["verdict_json"])
    for name in ("problem", "framework", "source_sha256", "verdict"):
        _unless_none(kept[name], name, words)
    for name in ("file_name", *(f"{name}_version" for name in ("judge", "python", "torch", "numpy", "hypothesis"))):
        words(kept[name], name)
    if kept["verdict"] is not None:
        one_of(kept["verdict"], "verdict", tuple(Kind))
    if (kept["verdict"], kept["problem"]) != (verdict.verdict, verdict.problem):
        raise Senseless("verdict and problem are not those of verdict_json")
    source = kept["source"]
    if not isinstance(source, str | bytes | None) or len(source or "") > MOST_CODE:
        raise Senseless(f"source must be text or base64 of at most {MOST_CODE:,} bytes")
    whole(kept["seed"], "seed", 0, LARGEST_SEED)
    one_of(kept["occasion"], "occasion", OCCASIONS)
    _unless_none(kept["session"], "session", uid)
    _unless_none(kept["spent_seconds"], "spent_seconds", seconds)


def _hint(kept: dict[str, Any]) -> None:
    words(kept["problem"], "problem")
    whole(kept["number"], "number", 1, MOST_HINTS)


def _solution_seen(kept: dict[str, Any]) -> None:
    words(kept["problem"], "problem")


def _session(kept: dict[str, Any]) -> None:
    kept["seen_at"] = stamp(moment(kept["seen_at"], "seen_at"))
    if kept["finished_at"] is not None:
        kept["finished_at"] = stamp(moment(kept["finished_at"], "finished_at"))
    seconds(kept["spent_seconds"], "spent_seconds")
    seconds(kept["seen_passed"], "seen_passed")
    words(kept["seen_boot"], "seen_boot")


def _review(kept: dict[str, Any]) -> None:
    kept["due"] = stamp(moment(kept["due"], "due", last_year=LAST_YEAR + 1))
    words(kept["problem"], "problem")
    _unless_none(kept["session"], "session", uid)
    one_of(kept["outcome"], "outcome", tuple(Outcome))
    seconds(kept["seconds"])
    minutes(kept["minutes"])
    if kept["feeling"] is not None:
        one_of(kept["feeling"], "feeling", tuple(Feeling))
    whole(kept["rating"], "rating", 1, 4)


def _plan(kept: dict[str, Any]) -> None:
    whole(kept["weeks"], "weeks", 1, MOST_WEEKS)
    whole(kept["per_week"], "per_week", 1, MOST_PER_WEEK)


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "attempts": _attempt,
    "hints": _hint,
    "solutions_seen": _solution_seen,
    "sessions": _session,
    "reviews": _review,
    "plans": _plan,
}


def _unless_none(value: object, name: str, check: Callable[[object, str], object]) -> None:
    if value is not None:
        check(value, name)


def _require_solution_path(file: str) -> None:
    """What a session judges, and opens in an editor: a file of Python, from the root; no option, no device."""
    words(file, "file", MOST_PATH)
    absolute = PurePosixPath(file).is_absolute() or PureWindowsPath(file).is_absolute()
    if not absolute or not file.endswith(".py") or "\0" in file:
        raise Senseless("file must be the absolute path of a .py file")


def _require_possible(event: AnyEvent, tasks: int) -> None:
    """See that an event is of one of the session's tasks, and its numbers are some that can be."""
    match event:
        case FirstFailureShown():
            one_of(event.verdict, "verdict", tuple(Kind))
        case Judged():
            one_of(event.verdict, "verdict", ("", *Kind))
            seconds(event.after, "after")
            seconds(event.seconds)
            whole(event.total, "total", 0, MOST_CHECKS)
            whole(len(event.passed) + len(event.failed), "the number of checks", 0, MOST_CHECKS)
            if event.failing is not None:
                depth(event.failing.case, MOST_DEPTH)
                whole_numbers(event.failing.case, "a number of the counterexample")
        case Hinted():
            whole(event.number, "number of a hint", 1, MOST_HINTS)
        case ClockMoved():
            number(event.seconds, "seconds", -3 * MOST_SECONDS, 3 * MOST_SECONDS)
        case Resumed():
            number(event.away, "away", 0.0, 3 * MOST_SECONDS)
        case _:
            pass
    if isinstance(event, Judged | Retried | FirstFailureShown | Hinted | Ended | Switched | Rated):
        whole(event.task, "task", 0, tasks - 1)
