"""What can be in a file that `judge import` is given: nothing of it may do harm."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from judge.records import Store
from tests.judge.archive.exports import AT, changed, leaves, records, written
from tests.judge.archive.harmless import NASTY, RAW, TABLES, TITLE, Judge, content, require_harmless, take_in


def texts() -> list[tuple[int | str, ...]]:
    """Where a record has a text."""
    return [path for path, value in leaves(records()) if isinstance(value, str) and path[-1] != "record"]


# texts


def test_every_text_of_a_record_is_shown_escaped_wherever_it_is_shown(judge: Judge, home: Path):
    """Each text that can be anything is hostile at once; what can't be anything is refused."""
    free, bound = [], []
    for path in texts():
        (bound if take_in(judge, changed(records(), path, NASTY))[0] else free).append(path)
        for part in home.glob("judge.db*"):
            part.unlink()
    shown = {str(step) for path in free for step in path if isinstance(step, str)}
    assert {
        "file_name",
        "headline",
        "title",
        "message",
        "output",
        "text",
        "function",
        "note",
        "problem",
        "seen_boot",
    } <= shown
    assert {path[-1] for path in bound} >= {"uid", "at", "verdict", "occasion", "framework", "file", "due", "outcome"}
    every = records()
    for path in free:
        every = changed(every, path, NASTY)
    assert take_in(judge, every)[0] == 0
    said = require_harmless(judge)
    assert "\\x1b[2J" in said
    assert "[bold red]x[/bold red]" in said.replace("\n", "")


def test_hostile_titles_and_problems_are_escaped_in_the_page(judge: Judge):
    found = records()
    for number in range(12):
        attempt = json.loads(json.dumps(found[0]))
        attempt["uid"] = f"{number:032}"
        attempt["verdict_json"]["diagnosis"] |= {"mistake": f"m{number}", "title": f"{TITLE}{number}"}
        review = json.loads(json.dumps(found[5])) | {"uid": f"{number:032}", "problem": f"{NASTY}{number}", "rating": 4}
        found += [attempt, review | {"outcome": "solved" if number % 2 else "gave up"}]
    assert take_in(judge, found)[0] == 0
    require_harmless(judge)
    text = Path("page.html").read_text()
    assert "&lt;script&gt;" in text
    assert "\\x1b[2J" in text


def test_message_of_a_refusal_quotes_a_record_on_one_line(judge: Judge):
    for path in texts():
        status, out, errors = take_in(judge, changed(records(), path, NASTY))
        assert not RAW.search(out + errors), path
        assert status == 0 or errors.count("\n") == 1, path
    for bad in ({"record": NASTY}, {NASTY: 1}, [NASTY], {"record": "hints", NASTY: 1}):
        status, out, errors = take_in(judge, [*records(), bad])
        assert (status, out, errors.count("\n")) == (2, "", 1)
        assert not RAW.search(errors)


# numbers and times


def at(*path: int | str) -> tuple[int | str, ...]:
    return path


BAD_TIMES = {
    "before": "1969-12-31T23:59:59.999+00:00", "after": "2201-01-01T00:00:00.000+00:00", "first": "0001-01-01T00:00:00+23:59",
    "last": "9999-12-31T23:59:59.999-23:59", "no zone": "2025-05-04T12:00:00", "a day": "2025-05-04", "empty": "", "word": "now",
    "number": 1746360000, "null": None, "list": [], "year": "12025-05-04T12:00:00+00:00",
}  # fmt: skip
TIMES = [
    at(0, "at"), at(1, "at"), at(2, "at"), at(3, "at"), at(3, "finished_at"), at(4, "seen_at"), at(4, "events", 2, "at"),
    at(5, "at"), at(5, "due"), at(7, "at"),
]  # fmt: skip


@pytest.mark.parametrize("value", BAD_TIMES.values(), ids=BAD_TIMES)
def test_time_that_can_t_be_is_refused_with_its_line(judge: Judge, home: Path, value: Any):
    for path in TIMES:
        if (value is None and path[-1] == "finished_at") or (value == BAD_TIMES["after"] and path[-1] == "due"):
            continue
        status, out, errors = take_in(judge, changed(records(), path, value))
        assert (status, out) == (2, ""), path
        assert f", line {int(path[0]) + 2} can't be read: " in errors, path
        assert "Nothing was taken in. Mend or remove the line" in errors
        assert not any(content(home).values()), path


HUGE = 10**30
BAD_NUMBERS = [
    (at(0, "seed"), [-1, 2**63, HUGE, 1.5, "7", True, None]),
    (at(0, "spent_seconds"), [-1, 1e18, HUGE, "1", True]),
    (at(0, "verdict_json", "seed"), [-1, 2**63, HUGE]),
    (at(0, "verdict_json", "seconds"), [-1, 1e300]),
    (at(0, "verdict_json", "schema"), [0, 2, -1]),
    (at(0, "verdict_json", "locations", 0, "line"), [-1, HUGE]),
    (at(0, "verdict_json", "locations", 0, "column"), [-1, HUGE]),
    (at(0, "verdict_json", "diagnosis", "hint"), [-1, HUGE]),
    (at(0, "verdict_json", "checks", 2, "counterexample", "sizes", "B"), [HUGE]),
    (at(0, "verdict_json", "checks", 2, "counterexample", "inputs", 0, "shape"), [[], [1], [-1, 2], [HUGE], [1] * 100, [2**62, 0]]),
    (at(0, "verdict_json", "checks", 2, "counterexample", "inputs", 0, "values"), [[], [[[]]], {}, 1, [[[[[1]]]]], HUGE]),
    (at(0, "verdict_json", "checks", 2, "counterexample", "worst_index"), [[-1, 0, 0], [0, 99, 0], [0, HUGE, 0]]),
    (at(1, "number"), [0, -1, HUGE, 1.0, "1"]),
    (at(3, "spent_seconds"), [-0.5, 1e18]),
    (at(3, "seen_passed"), [-1, 1e300]),
    (at(3, "setup", "minutes"), [0, -5, 1e9]),
    (at(3, "setup", "read_minutes"), [-5, 1e9]),
    (at(3, "setup", "submissions"), [0, -1, HUGE]),
    (at(3, "setup", "seed"), [-1, 2**63]),
    (at(3, "setup", "tasks", 0, "minutes"), [0, -5, 1e9]),
    (at(3, "setup", "tasks"), [[], records()[3]["setup"]["tasks"][:1] * 101]),
    (at(4, "events", 1, "event", "after"), [-1, 1e300]),
    (at(4, "events", 1, "event", "total"), [-1, HUGE]),
    (at(4, "events", 1, "event", "task"), [-1, 2, HUGE]),
    (at(4, "events", 3, "event", "number"), [0, -1, HUGE]),
    (at(4, "events", 4, "event", "seconds"), [1e300]),
    (at(4, "events", 5, "event", "away"), [-1, 1e300]),
    (at(4, "events", 6, "event", "task"), [-1, 2]),
    (at(4, "events", 2, "number"), [-1, 1, 3, HUGE, "2"]),
    (at(4, "events", 2, "spent_seconds"), [-1, 1e300, "1"]),
    (at(5, "seconds"), [-1, 1e300, None]),
    (at(5, "minutes"), [0, -1, 1e300]),
    (at(5, "rating"), [0, 5, -1, 2.0, True, "3"]),
    (at(7, "weeks"), [0, -1, 53, HUGE, 8.0]),
    (at(7, "per_week"), [0, -1, 51, HUGE]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "values"), BAD_NUMBERS, ids=[".".join(map(str, path)) for path, _ in BAD_NUMBERS])
def test_number_that_can_t_be_is_refused_with_its_line(judge: Judge, home: Path, path: Any, values: list[Any]):
    for value in values:
        status, out, errors = take_in(judge, changed(records(), path, value))
        assert (status, out, errors.count("\n")) == (2, "", 1), value
        assert f", line {path[0] + 2} can't be read: " in errors, value
        assert not any(content(home).values()), value


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1" * 5000, "[" * 5000 + "]" * 5000]
)
def test_what_is_no_number_of_json_is_refused_with_its_line(judge: Judge, home: Path, text: str):
    data = written(records()).replace(b'"seconds": 700.0', b'"seconds": ' + text.encode(), 1)
    status, _, errors = take_in(judge, data)
    assert (status, errors.count("\n")) == (2, 1)
    assert ", line 7 can't be read: " in errors
    assert not any(content(home).values())


def test_nesting_that_can_be_read_but_not_read_again_is_refused(judge: Judge):
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    for path in (
        at(0, "verdict_json", "more"),
        at(4, "events", 1, "event", "failing", "case", "options"),
        at(4, "setup", "more"),
    ):
        status, _, errors = take_in(judge, changed(records(), path, deep))
        assert (status, "deep" in errors) == (2, True)


# nothing is left behind


class Stops(BaseException):
    """Whatever may come in the middle."""


@pytest.mark.parametrize(
    "failure", [sqlite3.OperationalError("disk I/O error"), MemoryError(), KeyboardInterrupt(), Stops()]
)
def test_import_that_fails_at_any_statement_leaves_nothing_behind(
    judge: Judge, home: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
):
    assert (
        take_in(
            judge, [{**each, "uid": f"{place:032}", "session": "c" * 32} for place, each in enumerate(records()[5:7])]
        )[0]
        == 0
    )
    before = content(home)
    transact = Store.transact
    allowed = done = 0

    def failing(self: Store, work: Callable[..., Any]) -> Any:
        def counted(execute: Callable[..., Any]) -> Any:
            def once(*arguments: Any) -> Any:
                nonlocal done
                done += 1
                if done > allowed:
                    raise failure
                return execute(*arguments)

            return work(once)

        return transact(self, counted)

    monkeypatch.setattr(Store, "transact", failing)
    statuses = []
    for allowed in range(200):
        done = 0
        try:
            status, out, _ = take_in(judge, records())
        except Stops:
            status, out = 3, ""
        statuses.append(status)
        if status == 0:
            break
        assert (out, content(home)) == ("", before), allowed
    assert statuses[-1] == 0
    assert set(statuses[:-1]) == {130 if isinstance(failure, KeyboardInterrupt) else 3}
    assert len(statuses) > 30


def test_next_dates_that_can_t_be_made_are_no_reason_to_keep_half(
    judge: Judge, home: Path, monkeypatch: pytest.MonkeyPatch
):
    from judge.practice import schedule

    def fall(reviews: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(schedule, "due_after", fall)
    assert take_in(judge, records())[0] == 3
    assert not any(content(home).values())


def test_import_that_is_killed_has_taken_in_all_or_nothing(home: Path):
    many = [records()[5] | {"uid": f"9{number:031}"} for number in range(300)]
    Path("in.jsonl").write_bytes(written(records() + many))
    with Store(home / "judge.db", now=lambda: None, warn=pytest.fail):  # type: ignore[arg-type, return-value]
        pass
    draw, killed = random.Random("kill -9"), 0
    for attempt in range(10):
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "judge", "import", "in.jsonl"], stdout=subprocess.DEVNULL
        )
        while process.poll() is None and not (home / "judge.db-wal").exists():
            time.sleep(0.001)
        time.sleep(draw.uniform(0.0, 0.3) if attempt else 0.0)  # the first is sure to come before anything is kept
        process.kill()
        process.wait()
        found = {table: len(rows) for table, rows in content(home).items() if table != "events"}
        killed += not any(found.values())
        assert not any(found.values()) or found["reviews"] == 302, found
        with closing(sqlite3.connect(home / "judge.db")) as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")
            connection.commit()
    assert killed


def test_import_says_where_nothing_can_be_kept(judge: Judge, home: Path, monkeypatch: pytest.MonkeyPatch):
    home.write_text("a file")
    status, out, errors = take_in(judge, records())
    assert (status, out) == (3, "")
    assert "Nothing was changed, as nothing can be remembered" in errors


def test_good_export_is_taken_in_and_comes_out_as_it_went_in(judge: Judge) -> None:
    assert take_in(judge, records())[1] == "8 records added; 0 were known already.\n"
    found = [json.loads(line) for line in judge("export")[1].splitlines()[1:]]
    dates: Iterator[Any] = (each for each in found if each["record"] == "reviews")
    for each in dates:
        assert each.pop("due") > AT
    wanted = [
        {name: value for name, value in each.items() if name != "due" or each["record"] != "reviews"}
        for each in records()
    ]
    assert found == wanted
