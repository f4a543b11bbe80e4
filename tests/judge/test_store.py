import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from judge.records import database
from judge.records.store import Store, StoreTooNewError, hint_row
from judge.verdict import from_json, to_json, versions
from tests.judge.verdicts import ACCEPTED, WRONG_ANSWER

NOON = datetime(2031, 5, 4, 14, 0, tzinfo=timezone(timedelta(hours=2)))

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from judge.records.store import Store
from tests.judge.verdicts import ACCEPTED

def fail(sentence):
    sys.exit(sentence)

with Store(Path(sys.argv[1]), now=lambda: datetime.now(UTC), warn=fail) as store:
    for number in range(int(sys.argv[2])):
        store.add_attempt(ACCEPTED, file_name=f"{number}.py", source=b"x = 1" * 500)
        print(number, flush=True)
"""


class Folder:
    """A store's place, and what it warned of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings: list[str] = []

    def open(self) -> Store:
        return Store(self.path, now=lambda: NOON, warn=self.warnings.append)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    return Folder(tmp_path / "home" / "judge.db")


def test_attempt_is_kept_whole(folder: Folder):
    with folder.open() as store:
        store.add_attempt(WRONG_ANSWER, file_name="lstm.py", source="größe = 1".encode())
    ((at, problem, framework, name, source, digest, verdict, text, seed, *found),) = folder.rows(
        "SELECT at, problem, framework, file_name, source, source_sha256, verdict, verdict_json, seed, judge_version, "
        "python_version, torch_version, numpy_version, hypothesis_version FROM attempts"
    )
    assert (at, problem, framework, name) == ("2031-05-04T12:00:00.000+00:00", "lstm", "torch", "lstm.py")
    assert (source, digest) == ("größe = 1", hashlib.sha256("größe = 1".encode()).hexdigest())
    assert (verdict, seed) == ("wrong_answer", 7)
    assert from_json(str(text).encode()).checks == WRONG_ANSWER.checks
    assert found == [versions()[name] for name in ("judge", "python", "torch", "numpy", "hypothesis")]
    assert folder.warnings == []


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (b"# coding: latin-1\nx = '\xe9'", "# coding: latin-1\nx = '\xe9'"),
        (b"\xef\xbb\xbfx = 1", "x = 1"),
        (b"x = '\xff'", b"x = '\xff'"),
        (b"# coding: nonsense\n", b"# coding: nonsense\n"),
        (b"a\x00b", "a\x00b"),
        (b"", ""),
        (None, None),
    ],
)
def test_source_is_kept_as_text_or_as_it_came(folder: Folder, source: bytes | None, kept: str | bytes | None):
    with folder.open() as store:
        store.add_attempt(ACCEPTED, file_name="a\udcff.py", source=source)
    assert folder.rows("SELECT source, file_name FROM attempts") == [(kept, "a\\udcff.py")]


def test_only_accepted_problems_are_solved(folder: Folder):
    with folder.open() as store:
        store.add_attempt(WRONG_ANSWER, file_name="a.py", source=b"")
        assert store.solved() == frozenset()
        store.add_attempt(ACCEPTED, file_name="a.py", source=b"")
        assert store.solved() == {"lstm"}


def test_hints_and_solutions_are_remembered_by_problem(folder: Folder):
    with folder.open() as store:
        store.add_hint("lora", 1)
        store.add_hint("lora", 2)
        store.add_solution_seen("lstm")
    with folder.open() as store:
        assert store.hints_seen("lora") == {1, 2}
        assert store.hints_seen("lstm") == frozenset()
        assert store.solution_seen("lstm")
        assert not store.solution_seen("lora")


def test_tables_are_strict_and_the_journal_is_wal(folder: Folder):
    folder.open().close()
    assert folder.rows("PRAGMA journal_mode") == [("wal",)]
    assert folder.rows("SELECT name FROM pragma_table_list WHERE strict AND schema = 'main' ORDER BY name") == [
        *[(name,) for name in ("attempts", "events", "hints", "plans", "reviews", "sessions", "snapshots")],
        ("solutions_seen",),
    ]
    with folder.open() as store:
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_older_file_is_brought_up_to_date(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    with folder.open() as store:
        store.add_hint("lora", 1)
    added = ("CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT",)
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, added))
    with folder.open() as store:
        assert store.hints_seen("lora") == {1}
    assert folder.rows("PRAGMA user_version") == [(len(database.MIGRATIONS),)]
    assert folder.rows("SELECT * FROM later") == []


def test_file_of_the_first_version_keeps_what_it_holds(folder: Folder):
    folder.path.parent.mkdir()
    with closing(sqlite3.connect(folder.path)) as connection, connection:
        for statement in database.MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        verdict = to_json(ACCEPTED).decode()
        attempt = "NULL, '2031-05-04T12:00:00.000+00:00', 'lstm', 'torch', 'lstm.py', 'x', 'y', 'accepted', ?, 7, 'a', 'b', 'c', 'd', 'e'"
        for _ in range(2):
            connection.execute(f"INSERT INTO attempts VALUES ({attempt})", (verdict,))
            connection.execute("INSERT INTO hints VALUES (NULL, '2031-05-04T12:00:00.000+00:00', 'lora', 2)")
    with folder.open() as store:
        assert store.solved() == {"lstm"}
        assert store.hints_seen("lora") == {2}
    ((count, occasions),) = folder.rows("SELECT count(DISTINCT uid), min(occasion) || max(occasion) FROM attempts")
    assert (count, occasions) == (2, "runrun")
    assert folder.rows("SELECT count(DISTINCT uid), min(length(uid)) FROM hints") == [(2, 32)]


def test_rows_written_together_are_written_all_or_none(folder: Folder):
    with folder.open() as store:
        good = hint_row("lora", 1, at=store.time())
        assert store.write_together([good, hint_row("lora", 2, at=store.time())]) == 2
        with pytest.raises(sqlite3.IntegrityError):
            store.write_together([hint_row("lora", 3, at=store.time()), good])
        assert store.hints_seen("lora") == {1, 2}
        store.add_hint("lora", 4)
        assert store.hints_seen("lora") == {1, 2, 4}


def test_what_is_forgotten_is_gone_from_the_files_too(folder: Folder):
    with folder.open() as store:
        store.add_attempt(WRONG_ANSWER, file_name="a.py", source=b"my_secret_name = 1\n" * 300)
        store.add_attempt(WRONG_ANSWER, file_name="b.py", source=b"kept = 1\n" * 300)
        assert store.forget([("DELETE FROM attempts WHERE file_name = ?", ("a.py",))]) == 1
        content = b"".join(path.read_bytes() for path in folder.path.parent.iterdir())
    assert b"my_secret_name" not in content
    assert b"kept = 1" in content


def test_failed_migration_changes_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    with folder.open() as store:
        store.add_hint("lora", 1)
        store.add_hint("lora", 1)
    added = (
        "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT",
        "CREATE UNIQUE INDEX hints_once ON hints (problem, number)",
    )
    monkeypatch.setattr(database, "MIGRATIONS", (*database.MIGRATIONS, added))
    folder.open().close()
    assert "UNIQUE" in folder.warnings[0]
    assert folder.rows("PRAGMA user_version") == [(len(database.MIGRATIONS) - 1,)]
    assert folder.rows("SELECT name FROM sqlite_master WHERE name = 'later'") == []


def test_newer_file_is_refused_and_left_as_it_is(folder: Folder):
    folder.open().close()
    with closing(sqlite3.connect(folder.path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = folder.path.read_bytes()
    with pytest.raises(StoreTooNewError, match=r"newer version.*99.*JUDGE_HOME"):
        folder.open()
    assert folder.path.read_bytes() == before
    assert [path.name for path in folder.path.parent.iterdir()] == ["judge.db"]


def test_file_that_is_no_database_is_set_aside_and_kept(folder: Folder):
    folder.path.parent.mkdir()
    for number in (1, 2):
        folder.path.write_bytes(b"not a database " * 500)
        with folder.open() as store:
            store.add_hint("lora", number)
            assert store.hints_seen("lora") == {number}
        kept = folder.path.with_name(f"judge.db.corrupt-{number}")
        assert kept.read_bytes() == b"not a database " * 500
        assert f"It is kept as {kept.name}" in folder.warnings[-1]
    assert len(folder.warnings) == 2


def test_damage_that_shows_only_later_is_set_aside_too(folder: Folder):
    with folder.open() as store:
        for _ in range(50):
            store.add_attempt(ACCEPTED, file_name="a.py", source=b"x" * 3000)
    content = folder.path.read_bytes()
    folder.path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with folder.open() as store:
        store.add_attempt(ACCEPTED, file_name="a.py", source=b"")
        assert store.solved() == {"lstm"}
    assert folder.rows("SELECT count(*) FROM attempts") == [(1,)]
    assert folder.path.with_name("judge.db.corrupt-1").exists()
    assert len(folder.warnings) == 1


@pytest.mark.parametrize("below", ["file/judge.db", "file/home/judge.db"])
def test_folder_that_cannot_be_made_is_warned_of_and_all_else_works(tmp_path: Path, below: str):
    (tmp_path / "file").write_text("")
    folder = Folder(tmp_path / below)
    with folder.open() as store:
        store.add_attempt(ACCEPTED, file_name="a.py", source=b"")
        assert store.solved() == {"lstm"}
    reason = "a file stands where its folder should be"
    assert folder.warnings == [f"Nothing can be remembered in {folder.path}: {reason}."]


def test_folder_in_place_of_the_file_is_warned_of(tmp_path: Path):
    (tmp_path / "judge.db").mkdir()
    folder = Folder(tmp_path / "judge.db")
    folder.open().close()
    assert "unable to open" in folder.warnings[0]


def test_table_that_someone_removed_is_warned_of(folder: Folder):
    folder.open().close()
    with closing(sqlite3.connect(folder.path)) as connection:
        connection.execute("DROP TABLE attempts")
    with folder.open() as store:
        assert store.solved() == frozenset()
        store.add_attempt(ACCEPTED, file_name="a.py", source=b"")
    assert ["can't be read" in folder.warnings[0], "can't be remembered" in folder.warnings[1]] == [True, True]


def test_file_that_stays_locked_is_warned_of(folder: Folder):
    folder.open().close()
    with closing(sqlite3.connect(folder.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store(folder.path, now=lambda: NOON, warn=folder.warnings.append, busy_seconds=0.1) as store:
            store.add_hint("lora", 1)
            other.execute("ROLLBACK")
            assert store.hints_seen("lora") == frozenset()
    assert "locked" in folder.warnings[0]


def test_two_processes_write_at_once(folder: Folder):
    writers = [_writer(folder.path, 40) for _ in range(2)]
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert (writer.returncode, errors) == (0, "")
    assert folder.rows("SELECT count(*) FROM attempts") == [(80,)]


def test_nothing_that_was_written_is_lost_by_a_kill(folder: Folder):
    draw = random.Random("kill")
    known = 0
    for _ in range(20):
        with _writer(folder.path, 100_000) as writer:
            assert writer.stdout is not None
            lines = draw.randint(1, 12)
            for _ in range(lines):
                assert writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
            known += lines + len(writer.stdout.readlines())
            assert writer.stderr is not None
            writer.stderr.read()
        assert folder.rows("PRAGMA integrity_check") == [("ok",)]
        ((kept,),) = folder.rows("SELECT count(*) FROM attempts")
        # The last one may have been written without there being time to say so.
        assert known <= int(str(kept)) <= known + 1
        known = int(str(kept))
    with folder.open() as store:
        assert store.solved() == {"lstm"}
    assert folder.warnings == []


def test_clock_is_the_one_that_was_given(folder: Folder):
    with Store(folder.path, now=lambda: datetime(1999, 1, 1, tzinfo=UTC), warn=folder.warnings.append) as store:
        store.add_solution_seen("lora")
    assert folder.rows("SELECT at FROM solutions_seen") == [("1999-01-01T00:00:00.000+00:00",)]


def _writer(path: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(count)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
