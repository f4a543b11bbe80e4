"""A session that is killed at any moment has kept everything that it had shown."""

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from judge.practice.state import Phase
from judge.records import Store, unfinished

KILLS = int(os.environ.get("JUDGE_KILLS", "20"))
ROOT = Path(__file__).parents[3]


def test_everything_that_was_shown_is_kept_after_a_kill(tmp_path: Path):
    draw = random.Random("kill -9")
    shown = ""
    known_rows = 0
    for number in range(KILLS):
        shown += killed_after(draw.uniform(0.0, 0.6), tmp_path, tmp_path / "judge.db")
        with closing(sqlite3.connect(tmp_path / "judge.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            check(shown, connection)
            ((rows,),) = connection.execute("SELECT count(*) FROM events").fetchall()
        assert rows >= known_rows, number
        known_rows = rows
    assert "comes back" in shown
    warnings: list[str] = []
    with Store(tmp_path / "judge.db", now=lambda: datetime.now(UTC), warn=warnings.append) as store:
        left = unfinished(store)
        assert 0 < len(left) <= KILLS
        assert all(log.state.phase is not Phase.OVER for log in left)
        assert all([entry.number for entry in log.entries] == list(range(len(log.entries))) for log in left)
    assert warnings == []


def test_two_sessions_at_once_do_not_hurt_each_other(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with ThreadPoolExecutor() as both:
        shown = list(both.map(lambda name: killed_after(1.5, tmp_path / name, tmp_path / "judge.db"), ("one", "two")))
    assert all("wrong answer" in text for text in shown)
    with closing(sqlite3.connect(tmp_path / "judge.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        check("".join(shown), connection)
    with Store(tmp_path / "judge.db", now=lambda: datetime.now(UTC), warn=pytest.fail) as store:
        assert len(unfinished(store)) <= 2


def killed_after(seconds: float, folder: Path, database: Path) -> str:
    """What a process that runs sessions printed, from its first word on for so long."""
    command = [sys.executable, "-m", "tests.judge.practice.scripted", str(folder), str(database)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.read1()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
        assert process.stderr.read() == b""
    return (first + rest).decode(errors="ignore")


def check(shown: str, connection: sqlite3.Connection) -> None:
    """Every token, hint and date that was printed is in the database."""
    judged = set(re.findall(r"wrong answer — (token-\d+-)", shown))
    noticed = set(re.findall(r"wrong answer in agrees: (token-\d+-)", shown))
    fixed = set(re.findall(r"That one is fixed: (token-\d+-)", shown))
    attempts = "\n".join(text for (text,) in connection.execute("SELECT verdict_json || source FROM attempts"))
    events = "\n".join(text for (text,) in connection.execute("SELECT event FROM events"))
    assert {token for token in judged if token not in attempts} == set()
    assert {token for token in noticed | fixed if token not in events} == set()
    for words, question in (
        ("Hint 1 of 3", "SELECT count(*) FROM hints"),
        ("lstm.py: accepted", "SELECT count(*) FROM attempts WHERE verdict = 'accepted'"),
        ("lstm comes back", "SELECT count(*) FROM reviews"),
        ("lstm: solved", """SELECT count(*) FROM events WHERE event LIKE '%"verdict":"accepted"%'"""),
    ):
        assert connection.execute(question).fetchone()[0] >= shown.count(words), words
