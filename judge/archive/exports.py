"""All that is remembered as one file of JSON Lines, and back. Records have names of their own: what is known is not doubled.

A file from elsewhere is taken in whole or not at all. Every record is looked at first (`judge.records.soundness`); then all that
follows from them, the next dates too, is one transaction.
"""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from judge.records import (
    MOST_DEPTH,
    UNREADABLE,
    Execute,
    Senseless,
    Store,
    depth,
    entries_of,
    insertion,
    setup_of,
    sound,
)
from judge.verdict import UsageError, escaped, printable_json

SCHEMA = 1
KIND = "judge-export"
# By table, what stands in a record. A session's events are part of it.
COLUMNS: dict[str, tuple[str, ...]] = {
    "attempts": (
        *(
            "uid",
            "at",
            "problem",
            "framework",
            "file_name",
            "source",
            "source_sha256",
            "verdict",
            "verdict_json",
            "seed",
        ),
        *("judge_version", "python_version", "torch_version", "numpy_version", "hypothesis_version"),
        *("occasion", "session", "spent_seconds"),
    ),
    "hints": ("uid", "at", "problem", "number"),
    "solutions_seen": ("uid", "at", "problem"),
    "sessions": ("uid", "at", "setup", "finished_at", "spent_seconds", "seen_at", "seen_passed", "seen_boot"),
    "reviews": ("uid", "at", "problem", "session", "outcome", "seconds", "minutes", "feeling", "rating", "due"),
    "plans": ("uid", "at", "weeks", "per_week"),
}
EVENT = ("number", "at", "spent_seconds", "event")
TEXT = frozenset({"verdict_json", "setup", "event"})  # JSON kept as text; readable in the file
MOST_LINE = 64 << 20


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the store, as it stands there.

    Attributes:
        table: that it is in.
        number: of its row.
        columns: by name.
        events: of a session.
        fault: why it makes no sense; "" where it does.
    """

    table: str
    number: int
    columns: dict[str, Any]
    events: tuple[dict[str, Any], ...] = ()
    fault: str = ""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an import.

    Attributes:
        added: records that were not known.
        known: records that were.
        confined: sessions that would have gone on without a sandbox, and go on in one.
    """

    added: int
    known: int
    confined: int


class _Line(msgspec.Struct, frozen=True):
    """A record of a file, and where it stands."""

    number: int
    table: str
    record: dict[str, Any]


def kept(store: Store) -> Iterator[Kept]:
    """Every record of the store, and whether it makes sense."""
    for table, columns in COLUMNS.items():
        for number, *row in store.read(f"SELECT id, {', '.join(columns)} FROM {table} ORDER BY id"):
            record = dict(zip(columns, row, strict=True))
            events = _events_of(store, record["uid"]) if table == "sessions" else ()
            found = Kept(table=table, number=int(str(number)), columns=record, events=events)
            try:
                sound(table, record, events)
            except UNREADABLE as error:
                found = replace(found, fault=str(error) or type(error).__name__)
            yield found


def exported(store: Store) -> bytes:
    """The file: a line that says what it is, then a line a record. What makes no sense would not be taken in: it is left out, and named."""
    records = []
    for each in kept(store):
        if each.fault:
            store.leave_out(each.table, each.number, Senseless(each.fault))
        else:
            records.append(each)
    return written(records)


def written(records: list[Kept]) -> bytes:
    """These records as such a file."""
    lines: list[dict[str, Any]] = [{"kind": KIND, "schema": SCHEMA}]
    for each in records:
        line = {"record": each.table, **_outward(each.columns)}
        if each.table == "sessions":
            line["events"] = [_outward(event) for event in each.events]
        lines.append(line)
    return b"".join(printable_json(msgspec.json.encode(line)) + b"\n" for line in lines)


def imported(store: Store, data: bytes, *, where: str) -> Taken:
    """Take a file in, all of it or nothing.

    Args:
        store: to put it into.
        data: the file.
        where: its name, for messages.

    Raises:
        UsageError: it is no such file, a newer one, or damaged; the message names the line.
        JudgeError: the store can't be written.
    """
    records = _records(data, where)
    return store.transact(lambda execute: _taken(records, execute, where))


def reckon(execute: Execute, problems: set[str]) -> None:
    """Make the next dates anew: reviews of two machines together give other ones than each by itself.

    Args:
        execute: carries out a statement.
        problems: whose reviews have changed.
    """
    from judge.practice.schedule import due_after
    from judge.records import review, stamp

    for problem in sorted(problems):
        found = []
        for number, at, rating in execute(
            "SELECT id, at, rating FROM reviews WHERE problem = ?", (problem,)
        ).fetchall():
            try:
                found.append((review(at, rating), number))
            except UNREADABLE:  # left out of all that is reckoned; `judge history --mend` takes it out
                continue
        if found:
            found.sort(key=lambda pair: (pair[0].at, pair[1]))
            due = stamp(due_after([each for each, _ in found]))
            execute("UPDATE reviews SET due = ? WHERE id = ?", (due, found[-1][1]))


def _taken(lines: list[_Line], execute: Execute, where: str) -> Taken:
    known = confined = 0
    for line in lines:
        try:
            was_known = bool(execute(f"SELECT 1 FROM {line.table} WHERE uid = ?", (line.record["uid"],)).fetchall())
            known += was_known
            confined += _put(line, execute, known=was_known)
        except (sqlite3.IntegrityError, sqlite3.DataError, *UNREADABLE) as error:
            raise _damaged(where, line.number, str(error)) from error
    reckon(execute, {line.record["problem"] for line in lines if line.table == "reviews"})
    return Taken(added=len(lines) - known, known=known, confined=confined)


def _put(line: _Line, execute: Execute, *, known: bool) -> bool:
    """Keep one record; of a session that is known, what is new of it. Whether it was begun to run without a sandbox."""
    uid, events = line.record["uid"], line.record.get("events", ())
    columns = {name: line.record[name] for name in COLUMNS[line.table]}
    confined = False
    if not known:
        if line.table == "sessions" and columns["finished_at"] is None:
            columns["setup"], confined = _confined(columns["setup"])
        execute(*insertion(line.table, columns))
    elif line.table == "sessions" and columns["finished_at"] is not None:
        statement = "UPDATE sessions SET finished_at = ? WHERE uid = ? AND finished_at IS NULL"
        execute(statement, (columns["finished_at"], uid))
    for event in events:  # of a session that went on elsewhere there may be more than is known
        execute(*insertion("events", {"session": uid, **event}, conflict="IGNORE"))
    if known and line.table == "sessions":
        _require_whole(execute, uid)
    return confined


def _confined(text: str) -> tuple[str, bool]:
    """The setup of a session that is to go on here: nothing runs without a sandbox because a file says so."""
    setup = setup_of(text)
    if setup.sandbox != "process":
        return text, False
    return msgspec.json.encode(replace(setup, sandbox="auto")).decode(), True


def _require_whole(execute: Execute, uid: str) -> None:
    """See that what two machines know of a session is one session.

    Raises:
        Senseless: it is not.
    """
    rows = execute(f"SELECT {', '.join(EVENT)} FROM events WHERE session = ? ORDER BY number", (uid,)).fetchall()
    ((setup,),) = execute("SELECT setup FROM sessions WHERE uid = ?", (uid,)).fetchall()
    entries_of(setup_of(setup), [dict(zip(EVENT, row, strict=True)) for row in rows])


def _events_of(store: Store, session: object) -> tuple[dict[str, Any], ...]:
    rows = store.read(f"SELECT {', '.join(EVENT)} FROM events WHERE session = ? ORDER BY number", (session,))
    return tuple(dict(zip(EVENT, row, strict=True)) for row in rows)


def _records(data: bytes, where: str) -> list[_Line]:
    """Every record, checked; of two with one name the last."""
    first, *lines = data.split(b"\n")
    head = _line(first, where, 1)
    if head.get("kind") != KIND:
        raise UsageError(f"{where} is not what `judge export` writes: its first line says nothing of it.")
    if head.get("schema") != SCHEMA:
        raise UsageError(f"{where} was written by a newer version of the judge. Update the judge to take it in.")
    if lines and lines[-1] == b"":
        lines.pop()
    elif lines or not data.endswith(b"\n"):
        raise UsageError(f"{where} ends in the middle of line {len(lines) + 1}: it was cut off. Nothing was taken in.")
    found: dict[tuple[str, str], _Line] = {}
    for number, line in enumerate(lines, 2):
        record = _line(line, where, number)
        table = record.pop("record", None)
        if not isinstance(table, str) or table not in COLUMNS:
            raise _damaged(where, number, f"it has no record of the kind {str(table)[:80]!r}")
        try:
            checked = _checked(table, record)
        except UNREADABLE as error:
            raise _damaged(where, number, str(error) or type(error).__name__) from error
        found[(table, checked["uid"])] = _Line(number, table, checked)
    return list(found.values())


def _line(line: bytes, where: str, number: int) -> dict[str, Any]:
    if len(line) > MOST_LINE:
        raise _damaged(where, number, f"it has {len(line):,} bytes; a line may have {MOST_LINE:,}")
    try:
        found = msgspec.json.decode(line, type=dict[str, Any])
        depth(found, MOST_DEPTH)
    except UNREADABLE as error:
        raise _damaged(where, number, str(error)) from error
    return found


def _checked(table: str, record: dict[str, Any]) -> dict[str, Any]:
    """A record as it is kept.

    Raises:
        Senseless: it makes no sense; so do the exceptions of `UNREADABLE`.
    """
    events = record.pop("events", []) if table == "sessions" else []
    if set(record) != set(COLUMNS[table]):
        raise Senseless(f"a record of {table} has {', '.join(COLUMNS[table])}")
    if not isinstance(events, list) or not all(isinstance(each, dict) and set(each) == set(EVENT) for each in events):
        raise Senseless(f"an event has {', '.join(EVENT)}")
    return sound(table, _inward(record), [_inward(event) for event in events])


def _outward(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) if name in TEXT else _as_text(value) for name, value in record.items()}


def _as_json(value: object) -> Any:
    """What is kept as JSON as a part of the line; where it is no JSON, the text that it is."""
    text = str(value)
    try:
        msgspec.json.decode(text)
    except UNREADABLE:
        return text
    return msgspec.Raw(text.encode())


def _as_text(value: object) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _inward(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in record.items()}


def _value(name: str, value: Any) -> Any:
    if name in TEXT:
        return msgspec.json.encode(value).decode()
    if isinstance(value, dict):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (KeyError, ValueError, TypeError):
            raise Senseless(f"{name} is neither text nor base64") from None
    if isinstance(value, list):
        raise Senseless(f"{name} is a list")
    return value


def _damaged(where: str, number: int, why: str) -> UsageError:
    return UsageError(
        f"{where}, line {number} can't be read: {escaped(why)}. Nothing was taken in. "
        "Mend or remove the line, and import the file again."
    )
