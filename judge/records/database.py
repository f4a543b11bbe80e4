"""The SQLite file itself: how it is opened, brought up to date, and set aside where it is damaged."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

# One entry a version, never changed once released: `user_version` is the number of entries that were applied.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            problem TEXT,
            framework TEXT,
            file_name TEXT NOT NULL,
            source ANY,
            source_sha256 TEXT,
            verdict TEXT,
            verdict_json TEXT NOT NULL,
            seed INTEGER NOT NULL,
            judge_version TEXT NOT NULL,
            python_version TEXT NOT NULL,
            torch_version TEXT NOT NULL,
            numpy_version TEXT NOT NULL,
            hypothesis_version TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX attempts_by_problem ON attempts (problem, verdict)",
        """CREATE TABLE hints (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            problem TEXT NOT NULL,
            number INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE solutions_seen (
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            problem TEXT NOT NULL
        ) STRICT""",
    ),
    (
        # A uid says on every machine which record it is, so that what is imported twice is there once.
        *(
            statement
            for table in ("attempts", "hints", "solutions_seen")
            for statement in (
                f"ALTER TABLE {table} ADD COLUMN uid TEXT NOT NULL DEFAULT ''",
                f"UPDATE {table} SET uid = lower(hex(randomblob(16)))",
                f"CREATE UNIQUE INDEX {table}_by_uid ON {table} (uid)",
            )
        ),
        "ALTER TABLE attempts ADD COLUMN occasion TEXT NOT NULL DEFAULT 'run'",
        "ALTER TABLE attempts ADD COLUMN session TEXT",
        "ALTER TABLE attempts ADD COLUMN spent_seconds REAL",
        "CREATE INDEX attempts_by_session ON attempts (session)",
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            at TEXT NOT NULL,
            setup TEXT NOT NULL,
            finished_at TEXT,
            spent_seconds REAL NOT NULL,
            seen_at TEXT NOT NULL,
            seen_passed REAL NOT NULL,
            seen_boot TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE events (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            spent_seconds REAL NOT NULL,
            event TEXT NOT NULL,
            UNIQUE (session, number)
        ) STRICT""",
        """CREATE TABLE snapshots (
            session TEXT NOT NULL,
            task INTEGER NOT NULL,
            at TEXT NOT NULL,
            spent_seconds REAL NOT NULL,
            source ANY NOT NULL,
            PRIMARY KEY (session, task)
        ) STRICT""",
        """CREATE TABLE reviews (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            at TEXT NOT NULL,
            problem TEXT NOT NULL,
            session TEXT,
            outcome TEXT NOT NULL,
            seconds REAL NOT NULL,
            minutes REAL NOT NULL,
            feeling TEXT,
            rating INTEGER NOT NULL,
            due TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX reviews_by_problem ON reviews (problem, at)",
        """CREATE TABLE plans (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            at TEXT NOT NULL,
            weeks INTEGER NOT NULL,
            per_week INTEGER NOT NULL
        ) STRICT""",
    ),
)


class NewerVersionError(Exception):
    """The file's version is above what is known here."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(f"version {found} is above {known}")
        self.found = found
        self.known = known


def connect(path: Path | None, *, busy_seconds: float) -> sqlite3.Connection:
    """Open the file, making it or bringing it up to date; None opens one in memory.

    Every statement is a transaction of its own, on the disk when it returns.

    Raises:
        NewerVersionError: it was written by a newer version; nothing was changed.
        sqlite3.DatabaseError: it can't be opened, is locked for too long, or is damaged (`is_corrupt` tells).
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        connection = sqlite3.connect(path or ":memory:", timeout=busy_seconds, isolation_level=None)
        connection.text_factory = _text
        try:
            _prepare(connection)
        except sqlite3.OperationalError as error:
            connection.close()
            # Changing to WAL answers "locked" at once, whatever the timeout.
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
        except BaseException:
            connection.close()
            raise
        else:
            return connection


def _text(data: bytes) -> str:
    """Text as it can be shown: bytes that are none, as another program may have written them, must not hide all other records."""
    return data.decode(errors="replace")


def _prepare(connection: sqlite3.Connection) -> None:
    _version(connection)  # before anything is changed in a file that may be of a newer version
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        for statements in MIGRATIONS[_version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > len(MIGRATIONS):
        raise NewerVersionError(found, len(MIGRATIONS))
    return found


def is_corrupt(error: sqlite3.Error) -> bool:
    """Whether the file's content is damaged, as against a file that can't be reached or is busy."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def set_aside(path: Path) -> Path | None:
    """Rename a damaged file to the first free `NAME.corrupt-N`, with its journal beside it.

    Returns:
        its new path; None where another process has already set it aside.
    """
    number = 1
    while (kept := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    try:
        path.rename(kept)
    except FileNotFoundError:
        return None
    for suffix in ("-wal", "-shm"):
        journal = path.with_name(path.name + suffix)
        if journal.exists():
            journal.rename(kept.with_name(kept.name + suffix))
    return kept
