"""All that is remembered as one file of JSON Lines, and back. Records have names of their own: what is known is not doubled."""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

import msgspec

from judge.errors import UsageError
from judge.store import Row, Store, insertion

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


def exported(store: Store) -> bytes:
    """The file: a line that says what it is, then a line a record."""
    lines: list[dict[str, Any]] = [{"kind": KIND, "schema": SCHEMA}]
    for table, columns in COLUMNS.items():
        for row in store.read(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id"):
            record = {"record": table, **dict(zip(columns, map(_outward, columns, row), strict=True))}
            if table == "sessions":
                found = store.read(
                    f"SELECT {', '.join(EVENT)} FROM events WHERE session = ? ORDER BY number", (record["uid"],)
                )
                record["events"] = [dict(zip(EVENT, map(_outward, EVENT, event), strict=True)) for event in found]
            lines.append(record)
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def imported(store: Store, data: bytes, *, where: str) -> tuple[int, int]:
    """Take a file in, all of it or nothing.

    Args:
        store: to put it into.
        data: the file.
        where: its name, for messages.

    Returns:
        how many records were added, and how many were known.

    Raises:
        UsageError: it is no such file, a newer one, or damaged; the message names the line.
    """
    records = _records(data, where)
    rows: list[Row] = []
    known = 0
    problems: set[str] = set()
    for table, record in records:
        if store.read(f"SELECT 1 FROM {table} WHERE uid = ?", (record["uid"],)):
            known += 1
            if table == "sessions" and record["finished_at"] is not None:
                statement = "UPDATE sessions SET finished_at = ? WHERE uid = ? AND finished_at IS NULL"
                rows.append((statement, (record["finished_at"], record["uid"])))
        else:
            rows.append(insertion(table, {name: record[name] for name in COLUMNS[table]}))
        for event in record.get("events", ()):  # of a session that went on elsewhere there may be more than is known
            rows.append(insertion("events", {"session": record["uid"], **event}, conflict="IGNORE"))
        if table == "reviews":
            problems.add(str(record["problem"]))
    added = len(records) - known
    try:
        store.write_together(rows)
    except (sqlite3.IntegrityError, OverflowError) as error:
        raise UsageError(f"{where} can't be taken in: {error}. Nothing was.") from error
    _reckon(store, problems)
    return added, known


def _reckon(store: Store, problems: set[str]) -> None:
    """Reviews of two machines together give other dates than each by itself."""
    from judge.practice.records import reviews_of
    from judge.practice.schedule import due_after
    from judge.store import stamp

    for problem in problems:
        due = stamp(due_after(reviews_of(store, problem)))
        last = "SELECT id FROM reviews WHERE problem = ? ORDER BY at DESC LIMIT 1"
        store.write(f"UPDATE reviews SET due = ? WHERE id = ({last})", (due, problem))


def _records(data: bytes, where: str) -> list[tuple[str, dict[str, Any]]]:
    """Every record, checked."""
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
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for number, line in enumerate(lines, 2):
        record = _line(line, where, number)
        table = record.pop("record", None)
        if table not in COLUMNS:
            raise _damaged(where, number, f"it has no record of the kind {table!r}")
        found[(table, str(record.get("uid")))] = _checked(table, record, where, number)
    return [(table, record) for (table, _), record in found.items()]


def _line(line: bytes, where: str, number: int) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(where, number, str(error)) from error


def _checked(table: str, record: dict[str, Any], where: str, number: int) -> dict[str, Any]:
    events = record.pop("events", []) if table == "sessions" else []
    if set(record) != set(COLUMNS[table]) or not isinstance(record["uid"], str) or not record["uid"]:
        raise _damaged(where, number, f"a record of {table} has {', '.join(COLUMNS[table])}")
    inward = {name: _inward(name, value, where, number) for name, value in record.items()}
    _convert(table, inward, where, number)
    if table == "sessions":
        if not isinstance(events, list) or not all(
            isinstance(each, dict) and set(each) == set(EVENT) for each in events
        ):
            raise _damaged(where, number, f"an event has {', '.join(EVENT)}")
        inward["events"] = [
            {name: _inward(name, value, where, number) for name, value in each.items()} for each in events
        ]
        _convert_events(inward["events"], where, number)
    return inward


def _convert(table: str, record: dict[str, Any], where: str, number: int) -> None:
    """See that what is kept as JSON can be read back, and times as times."""
    from datetime import datetime

    from judge.practice.events import Setup
    from judge.verdict import Verdict

    try:
        datetime.fromisoformat(record["at"])
        if table == "attempts":
            msgspec.json.decode(record["verdict_json"], type=Verdict)
        if table == "sessions":
            msgspec.json.decode(record["setup"], type=Setup)
            datetime.fromisoformat(record["seen_at"])
        if table == "reviews":
            datetime.fromisoformat(record["due"])
            if record["rating"] not in (1, 2, 3, 4):
                raise ValueError(f"a rating is 1 to 4, not {record['rating']!r}")
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise _damaged(where, number, str(error)) from error


def _convert_events(events: list[dict[str, Any]], where: str, number: int) -> None:
    from judge.practice.events import AnyEvent

    try:
        for event in events:
            msgspec.json.decode(event["event"], type=AnyEvent)
            if not isinstance(event["number"], int) or not isinstance(event["spent_seconds"], float | int):
                raise ValueError("an event's number or time is none")
    except (msgspec.MsgspecError, ValueError, TypeError) as error:
        raise _damaged(where, number, str(error)) from error


def _outward(name: str, value: object) -> Any:
    if name in TEXT:
        return msgspec.Raw(str(value).encode())
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value


def _inward(name: str, value: Any, where: str, number: int) -> Any:
    if name in TEXT:
        return msgspec.json.encode(value).decode()
    if isinstance(value, dict):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (KeyError, ValueError, TypeError) as error:
            raise _damaged(where, number, f"{name} is neither text nor base64") from error
    if isinstance(value, list):
        raise _damaged(where, number, f"{name} is a list")
    return value


def _damaged(where: str, number: int, why: str) -> UsageError:
    return UsageError(f"{where}, line {number} can't be read: {why}. Nothing was taken in.")
