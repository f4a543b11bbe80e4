"""What is remembered from run to run, in one SQLite file: attempts, hints and solutions seen. What practice adds is in `sessions.py`."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import tokenize
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from judge.records import database
from judge.records.measures import MOST_HINTS, UNREADABLE, whole
from judge.verdict import JudgeError, Kind, UsageError, Verdict, counted, escaped, to_json, versions
from problems.trust import make_private

T = TypeVar("T")
Row = tuple[str, tuple[object, ...]]
"""A statement and its values."""
Execute = Callable[..., sqlite3.Cursor]
"""Carries out a statement with its values."""
MOST_NAMED = 3


class StoreTooNewError(UsageError):
    """The file was written by a newer version of the judge; it is left as it is."""


class Store:
    """Attempts, hints and solutions seen.

    Args:
        path: the SQLite file; it and its folder are made where they are missing.
        now: the clock.
        warn: told, in a sentence, where a corrupt file is set aside or nothing can be remembered. What can't be
            written must not stand in the way of a verdict, so the store then lives in memory only.
        busy_seconds: how long to wait for another process that is writing.

    Raises:
        StoreTooNewError: the file is of a newer version.
    """

    def __init__(
        self, path: Path, *, now: Callable[[], datetime], warn: Callable[[str], None], busy_seconds: float = 20.0
    ) -> None:
        self._path = path
        self._now = now
        self._warn = warn
        self._busy_seconds = busy_seconds
        self._senseless: dict[tuple[str, int], str] = {}
        self._lasting = True
        self._connection = self._open()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, and name what in it made no sense."""
        self._connection.close()
        if self._senseless:
            self._warn(_left_out(self._path, self._senseless))
            self._senseless = {}

    def add_attempt(self, verdict: Verdict, *, file_name: str, source: bytes | None) -> str:
        """Keep one judging. When this returns, a crash no longer loses it.

        Returns:
            the uid of what is kept.
        """
        uid = new_uid()
        self.write(*attempt_row(verdict, at=self.time(), file_name=file_name, source=source, uid=uid))
        return uid

    def explain_attempt(self, uid: str, verdict: Verdict) -> None:
        """Keep the verdict with its explanation in place of the one without."""
        self.write(*explained_row(uid, verdict))

    def add_hint(self, problem: str, number: int) -> None:
        """Remember that a hint was shown."""
        self.write(*hint_row(problem, number, at=self.time()))

    def add_solution_seen(self, problem: str) -> None:
        """Remember that the solution was shown."""
        self.write(*solution_row(problem, at=self.time()))

    def solved(self) -> frozenset[str]:
        """The problems that were accepted at least once."""
        rows = self.read("SELECT DISTINCT problem FROM attempts WHERE verdict = ?", (Kind.ACCEPTED.value,))
        return frozenset(str(problem) for (problem,) in rows)

    def has_attempts(self) -> bool:
        """Whether anything was ever judged."""
        return bool(self.read("SELECT 1 FROM attempts LIMIT 1", ()))

    def last_verdict(self, problem: str | None) -> tuple[str, Verdict] | None:
        """File name and verdict of the last attempt, at one problem or at any; None where there was none."""
        which, values = ("WHERE problem = ?", (problem,)) if problem else ("WHERE problem IS NOT NULL", ())
        for (id_,) in self.read(f"SELECT id FROM attempts {which} ORDER BY id DESC", values):
            found = self.usable("attempts", "file_name, verdict_json", _named_verdict, "WHERE id = ?", (id_,))
            if found:
                return found[0]
        return None

    def hints_seen(self, problem: str) -> frozenset[int]:
        """The numbers of the hints that were shown, from 1."""
        found = self.usable(
            "hints", "number", lambda number: whole(number, "number", 1, MOST_HINTS), "WHERE problem = ?", (problem,)
        )
        return frozenset(found)

    def solution_seen(self, problem: str) -> bool:
        """Whether the solution was shown."""
        return bool(self.read("SELECT 1 FROM solutions_seen WHERE problem = ? LIMIT 1", (problem,)))

    def time(self) -> str:
        """Now, as times are kept: in UTC, so that they sort as text."""
        return stamp(self._now())

    def write(self, statement: str, values: tuple[object, ...]) -> None:
        """Change something. When this returns, a crash no longer loses it."""
        self.write_together([(statement, values)])

    def write_together(self, rows: Sequence[Row]) -> int:
        """Change several things, all or none.

        Returns:
            how many rows were changed; 0 where it could not be done, which was said.
        """

        def work() -> int:
            before = self._connection.total_changes
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:  # commits, or rolls back
                for statement, values in rows:
                    self._connection.execute(statement, values)
            return self._connection.total_changes - before

        try:
            return self._guarded(work)
        except sqlite3.OperationalError as error:
            self._warn(f"This can't be remembered in {self._path}: {error}.")
            return 0

    def read(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """What a question finds; nothing where it can't be read, which is said."""
        try:
            return self._guarded(lambda: self._connection.execute(statement, values).fetchall())
        except sqlite3.OperationalError as error:
            self._warn(f"What is remembered in {self._path} can't be read: {error}.")
            return []

    def usable(
        self,
        table: str,
        columns: str,
        take: Callable[..., T],
        rest: str = "",
        values: tuple[object, ...] = (),
    ) -> list[T]:
        """What `take` makes of each record that is found. One that makes no sense is left out, and named when the store is closed.

        Args:
            table: to read.
            columns: what `take` is given.
            take: raises one of `UNREADABLE` where a record makes no sense.
            rest: which records, in which order.
            values: of the question.
        """
        found = []
        for id_, *row in self.read(f"SELECT id, {columns} FROM {table} {rest}", values):
            try:
                found.append(take(*row))
            except UNREADABLE as error:
                self.leave_out(table, int(str(id_)), error)
        return found

    def leave_out(self, table: str, id_: int, why: Exception) -> None:
        """Remember that a record makes no sense."""
        self._senseless[(table, id_)] = str(why)

    def transact(self, work: Callable[[Execute], T]) -> T:
        """Read and change, all of it or nothing: where `work` raises, nothing was changed.

        Args:
            work: given what carries out a statement.

        Raises:
            JudgeError: the file can't be written.
        """
        if not self._lasting:
            raise JudgeError("Nothing was changed, as nothing can be remembered.")

        def whole() -> T:
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back
                return work(connection.execute)

        try:
            return self._guarded(whole)
        except sqlite3.OperationalError as error:
            raise JudgeError(f"{self._path} can't be written: {error}. Nothing was changed.") from error

    def forget(self, rows: Sequence[Row]) -> int:
        """Delete, all or none, and overwrite what was deleted in the file and its journal too.

        Returns:
            how many rows were deleted.
        """
        self.read("PRAGMA secure_delete = ON")
        deleted = self.write_together(rows)
        self.read("PRAGMA wal_checkpoint(TRUNCATE)")
        return deleted

    def _guarded(self, work: Callable[[], T]) -> T:
        """Do it; where the file turns out to be corrupt, set it aside and do it once more in a new one."""
        try:
            return work()
        except sqlite3.DatabaseError as error:
            if not database.is_corrupt(error):
                raise
            self._connection.close()
            self._set_aside(error)
            self._connection = self._open()
            return work()

    def _open(self) -> sqlite3.Connection:
        try:
            make_private(self._path.parent)
            try:
                return database.connect(self._path, busy_seconds=self._busy_seconds)
            except sqlite3.DatabaseError as error:
                if not database.is_corrupt(error):
                    raise
                self._set_aside(error)
                return database.connect(self._path, busy_seconds=self._busy_seconds)
        except database.NewerVersionError as error:
            raise StoreTooNewError(
                f"{self._path} was written by a newer version of the judge (its version is {error.found}, this one "
                f"knows {error.known}). Update the judge, or set JUDGE_HOME to another folder."
            ) from error
        except (OSError, sqlite3.Error) as error:
            self._warn(f"Nothing can be remembered in {self._path}: {_reason(error)}.")
            self._lasting = False
            return database.connect(None, busy_seconds=0)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        kept = database.set_aside(self._path)
        if kept is not None:
            self._warn(f"{self._path} is damaged ({error}). It is kept as {kept.name}, and a new one is begun.")


def _left_out(path: Path, senseless: Mapping[tuple[str, int], str]) -> str:
    """Which records were not reckoned with, why, and what to do."""
    named = [f"{table} {number}: {escaped(why)}" for (table, number), why in list(senseless.items())[:MOST_NAMED]]
    more = [f"and {len(senseless) - MOST_NAMED} more"] if len(senseless) > MOST_NAMED else []
    makes = "makes" if len(senseless) == 1 else "make"
    return (
        f"{counted(len(senseless), 'record')} in {path} {makes} no sense and {'is' if makes == 'makes' else 'are'} left out "
        f"({'; '.join([*named, *more])}). `judge history --mend` takes them out, and keeps them in a file of their own."
    )


def _named_verdict(file_name: object, text: object) -> tuple[str, Verdict]:
    from judge.records.soundness import verdict_of

    return str(file_name), verdict_of(text)


def stamp(moment: datetime) -> str:
    """A moment as it is kept."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def new_uid() -> str:
    """A name for a record that no other record has, on any machine."""
    return secrets.token_hex(16)


def insertion(table: str, columns: Mapping[str, object], *, conflict: str = "ABORT") -> Row:
    """The statement that adds a row, and its values."""
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    return f"INSERT OR {conflict} INTO {table} ({names}) VALUES ({marks})", tuple(columns.values())


def explained_row(uid: str, verdict: Verdict) -> Row:
    """What keeps a verdict that was kept before it was explained.

    Args:
        uid: of the record.
        verdict: the same, explained.
    """
    values = (to_json(verdict).decode(), verdict.verdict, verdict.seed, uid)
    return "UPDATE attempts SET verdict_json = ?, verdict = ?, seed = ? WHERE uid = ?", values


def attempt_row(
    verdict: Verdict,
    *,
    at: str,
    file_name: str,
    source: bytes | None,
    uid: str = "",
    occasion: str = "run",
    session: str | None = None,
    spent_seconds: float | None = None,
) -> Row:
    """What keeps one judging.

    Args:
        verdict: what came out.
        at: when, from `stamp`.
        file_name: as the user knows it.
        source: what was judged; None where it could be read only once.
        uid: of the record; a new one where it is empty.
        occasion: "run" for `judge run`; in a practice session "save", "submit" or "time-up".
        session: uid of the practice session.
        spent_seconds: on that session's clock.
    """
    found = versions()
    columns = {
        "uid": uid or new_uid(),
        "at": at,
        "problem": verdict.problem,
        "framework": verdict.framework,
        "file_name": file_name.encode("utf-8", "backslashreplace").decode(),
        "source": None if source is None else as_text(source),
        "source_sha256": hashlib.sha256(source).hexdigest() if source is not None else None,
        "verdict": verdict.verdict,
        "verdict_json": to_json(verdict).decode(),
        "seed": verdict.seed,
        **{f"{name}_version": found[name] for name in ("judge", "python", "torch", "numpy", "hypothesis")},
        "occasion": occasion,
        "session": session,
        "spent_seconds": spent_seconds,
    }
    return insertion("attempts", columns)


def hint_row(problem: str, number: int, *, at: str) -> Row:
    """What keeps that a hint was shown."""
    return insertion("hints", {"uid": new_uid(), "at": at, "problem": problem, "number": number})


def solution_row(problem: str, *, at: str) -> Row:
    """What keeps that the solution was shown."""
    return insertion("solutions_seen", {"uid": new_uid(), "at": at, "problem": problem})


def _reason(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file stands where its folder should be"
    return str(error.strerror if isinstance(error, OSError) else error)


def as_text(source: bytes) -> str | bytes:
    """The source as its encoding declaration says, or as it came where it can't be decoded."""
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(source).readline)
        text = source.decode(encoding)
        text.encode("utf-8")
    except (SyntaxError, LookupError, ValueError):
        return source
    return text
