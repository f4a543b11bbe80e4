"""Stores that hold records that make no sense, as an earlier version took them in: all commands go on, and they are mended."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.judge.archive.exports import changed, records
from tests.judge.archive.harmless import Judge, content, kept, require_harmless, take_in


def broken() -> list[dict[str, Any]]:
    """One record after the other that makes no sense, with a name of its own."""
    good = records()
    changes: list[tuple[int, tuple[int | str, ...], Any]] = [
        (5, ("at",), "2025-05-04T12:00:00"),  # what an import kept that ended with exit status 3
        (5, ("at",), "9999-12-31T23:59:59.999-23:59"),
        (5, ("at",), "zzz"),
        (5, ("due",), "0001-01-01T00:00:00+00:00"),
        (5, ("minutes",), 0.0),
        (5, ("seconds",), -1e300),
        (5, ("seconds",), 1e300),
        (5, ("rating",), 99),
        (0, ("at",), "0001-01-01T00:00:00+23:59"),
        (0, ("at",), ""),
        (0, ("spent_seconds",), 1e300),
        (0, ("verdict_json",), "no json"),
        (0, ("verdict_json",), "[" * 3000),
        (0, ("verdict_json",), {}),
        (0, ("verdict_json", "checks", 2, "counterexample", "inputs", 0, "shape"), [5, 5, 5]),
        (0, ("verdict_json", "checks", 2, "counterexample", "worst_index"), [9, 9, 9]),
        (4, ("at",), "2025-05-04T12:00:00"),
        (4, ("seen_at",), "9999-12-31T23:59:59.999-23:59"),
        (4, ("setup",), "no json"),
        (4, ("setup", "tasks"), []),
        (4, ("setup", "tasks", 0, "framework"), "../../x"),
        (4, ("events", 1, "event", "task"), 7),
        (4, ("events", 1, "event"), "no json"),
        (4, ("events", 1, "number"), 9),
        (7, ("at",), "2025-05-04T12:00:00"),
        (7, ("weeks",), 10**9),
        (7, ("per_week",), -5),
        (1, ("number",), -4),
        (1, ("at",), "then"),
        (2, ("at",), "then"),
    ]  # fmt: skip
    found = []
    for place, path, value in changes:
        (record,) = changed([good[place]], (0, *path), value)
        found.append(record | {"uid": f"9{len(found):031x}"})
    return found


BROKEN = broken()


@pytest.mark.parametrize("record", BROKEN, ids=[f"{each['record']}-{place}" for place, each in enumerate(BROKEN)])
def test_store_with_a_broken_record_is_read_by_every_command_and_mended(
    judge: Judge, home: Path, record: dict[str, Any]
):
    assert take_in(judge, records())[0] == 0
    before = judge("export")[1]
    kept(home, record)
    (number,) = [row[0] for row in content(home)[record["record"]] if record["uid"] in row]
    require_harmless(judge)
    status, out, errors = judge("export")
    assert (status, out) == (0, before) or "hints" in out  # the session that was begun above is no part of it
    name = f"{record['record']} {number}: "
    assert f"1 record in {home / 'judge.db'} makes no sense and is left out ({name}" in errors
    assert judge("history", "--mend")[0] == 2  # nobody is there to be asked
    status, out, errors = judge("history", "--mend", "--yes")
    assert (status, errors) == (0, "")
    assert out.startswith(name)
    assert "1 record taken out and kept in " in out
    assert judge("history", "--mend") == (0, "Every record makes sense: there is nothing to mend.\n", "")
    assert judge("export")[::2] == (0, "")
    (aside,) = home.glob("judge.db.taken-out-1.jsonl")
    assert record["uid"] in aside.read_text()
    assert aside.stat().st_mode & 0o777 == 0o600


def test_record_that_was_taken_out_can_be_mended_and_taken_in_again(judge: Judge, home: Path):
    zoneless = records()[5] | {"at": "2025-06-04T12:00:00", "uid": "9" * 32}
    kept(home, zoneless)
    judge("history", "--mend", "--yes")
    aside = home / "judge.db.taken-out-1.jsonl"
    assert judge("import", str(aside))[0] == 2
    aside.write_text(aside.read_text().replace('12:00:00"', '12:00:00+02:00"'))
    assert judge("import", str(aside))[0] == 0
    assert "2025-06-04T10:00:00.000+00:00" in judge("export")[1]


def test_all_broken_records_at_once_are_counted_and_mended_at_once(judge: Judge, home: Path):
    assert take_in(judge, records())[0] == 0
    kept(home, *BROKEN)
    status, _, errors = judge("export")
    assert (status, f"{len(BROKEN)} records in" in errors, f"and {len(BROKEN) - 3} more" in errors) == (0, True, True)
    said = require_harmless(judge)
    assert "`judge history --mend`" in said
    status, out, _ = judge("history", "--mend", "--yes")
    assert (status, f"{len(BROKEN)} records taken out" in out) == (0, True)
    assert "lstm" in judge("history")[1]


def test_attempt_that_makes_no_sense_is_not_shown_and_can_be_deleted(judge: Judge, home: Path):
    kept(home, BROKEN[11])
    status, out, errors = judge("history", "--show", "1")
    assert (status, out) == (2, "")
    assert "Attempt 1 can't be shown, as it makes no sense" in errors
    assert judge("history", "--delete", "1", "--yes")[0] == 0
    assert judge("history", "--mend")[0] == 0


def test_due_dates_follow_the_reviews_that_make_sense(judge: Judge, home: Path):
    assert take_in(judge, records())[0] == 0
    good = [each["due"] for each in json.loads(judge("list", "--json")[1])["problems"] if each["slug"] == "lstm"]
    kept(home, records()[5] | {"uid": "8" * 32, "at": "zzzz", "due": "2199-05-04T12:00:00.000+00:00"})
    assert [
        each["due"] for each in json.loads(judge("list", "--json")[1])["problems"] if each["slug"] == "lstm"
    ] == good
    assert take_in(judge, [records()[6] | {"problem": "lstm", "uid": "7" * 32}])[0] == 0


def test_text_that_is_no_text_hides_no_other_record(judge: Judge, home: Path):
    assert take_in(judge, records())[0] == 0
    with closing(sqlite3.connect(home / "judge.db")) as connection:
        connection.execute("UPDATE attempts SET file_name = CAST(X'FF1B5B324A' AS TEXT)")
        connection.commit()
    require_harmless(judge)
    assert "1 attempt." in judge("history")[1]


def test_plan_of_another_clock_does_not_hide_one_that_is_made_now(judge: Judge):
    assert take_in(judge, [records()[7] | {"at": "2199-01-01T00:00:00+00:00", "weeks": 3}])[0] == 0
    assert judge("plan", "--weeks", "7")[1].startswith("7 weeks")
    assert judge("plan")[1].startswith("7 weeks")
