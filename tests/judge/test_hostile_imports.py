"""What can be in a file that `judge import` is given, and in a store that took such a file in before: nothing of it may do harm."""

from __future__ import annotations

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from judge import cli
from judge.practice import desk
from judge.store import Store
from tests.judge.exports import AT, EVENTS, JUDGED, changed, leaves, plain, records, session, written
from tests.judge.practice.hands import learning
from tests.judge.practice.stage import QuickBench

Judge = Callable[..., tuple[int, str, str]]
TABLES = ("attempts", "hints", "solutions_seen", "sessions", "events", "reviews", "plans")
NASTY = (
    "\x1b[2J\x9b31m\u202e\u2066\x07\x00\x7f\u2028\r\njudge: forged\n"
    "<script>alert(1)</script>\"' onload=x<img src=x onerror=y>&amp;]]>--><svg/onload=z>"
    "[bold red]x[/bold red][link=http://evil.example]y[/link]{0}{at}%s$HOME`id`"
)
TITLE = "\x1b[2J\u202e" + NASTY[NASTY.index("<script") :]  # SQLite cuts what it takes out of JSON at a NUL
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("JUDGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(desk, "TICK_SECONDS", 0.01)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    module = types.ModuleType("judge.practice.bench")
    module.Bench = lambda setup, configuration, catalogue: QuickBench()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "judge.practice.bench", module)
    return tmp_path / "home"


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Judge:
    def call(*arguments: str, typed: str = "") -> tuple[int, str, str]:
        reading, writing = os.pipe()
        os.write(writing, typed.encode())
        os.close(writing)
        with os.fdopen(reading) as stream:
            monkeypatch.setattr(sys, "stdin", stream)
            status = cli.main(list(arguments))
        return (status, *capsys.readouterr())

    return call


def take_in(judge: Judge, found: list[Any] | bytes) -> tuple[int, str, str]:
    Path("in.jsonl").write_bytes(found if isinstance(found, bytes) else written(found))
    return judge("import", "in.jsonl")


def content(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that is kept."""
    if not (home / "judge.db").exists():
        return {table: [] for table in TABLES}
    with closing(sqlite3.connect(home / "judge.db")) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


COMMANDS = (
    (["list"], ""), (["list", "--json"], ""), (["history"], ""), (["history", "lstm"], ""), (["history", "--json"], ""),
    (["history", "--show", "1"], ""), (["history", "--show", "1", "--json"], ""), (["stats"], ""), (["stats", "--json"], ""),
    (["stats", "--html", "page.html"], ""), (["plan"], ""), (["plan", "--json"], ""), (["export"], ""), (["explain"], ""),
    (["explain", "lstm"], ""), (["hint", "lstm", "--again"], ""), (["history", "lstm", "--delete", "all"], ""),
    (["history", "--delete", "1"], ""), (["resume"], "statement\nhint\nquit\n"),
    (["practice", "lstm", "--mode", "interview", "--fresh"], "statement\nsubmit\naced it\nquit\n"),
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would find."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("src", "href", "xlink:href")}


def require_harmless(judge: Judge, where: object = "") -> str:
    """Every command goes on; none shows what does not print; the page holds nothing that runs. All that was said."""
    said = ""
    for arguments, typed in COMMANDS:
        status, out, errors = judge(*arguments, typed=typed)
        assert status in (0, 1, 2, 130), (where, arguments, status, errors)
        assert "Traceback" not in out + errors
        assert not (found := RAW.search(out + errors)), (where, arguments, found and ascii(found.string)[:3000])
        several = {"--show", "explain"} & {*arguments}  # these show texts that have lines of their own
        lines = errors if several else out + errors
        assert not [line for line in lines.split("\n") if line.startswith("judge: forged")], (where, arguments)
        said += out + errors
    text = Path("page.html").read_text(encoding="utf-8")
    assert not RAW.search(text), where
    page = Page()
    page.feed(text)
    page.close()
    assert not page.tags & {"script", "img", "iframe", "object", "a", "foreignobject"}, where
    assert not {name for name in page.attributes if name.startswith("on")}, where
    assert page.addresses <= {""}, where
    return said


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
    (at(3, "setup", "tasks"), [[], [plain(learning().tasks[0])] * 101]),
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


# sessions


def unfinished(**fields: Any) -> list[Any]:
    found = session("e" * 32, learning("lstm"), (JUDGED,), None)
    found["setup"]["tasks"][0] |= fields
    return [found]


@pytest.mark.parametrize("uid", ["../../escaped", "/tmp/escaped", "a/b", "..", "", "a" * 65, "a\0b", "a.b", "ü"])
def test_session_s_name_is_no_path_of_a_lock(judge: Judge, home: Path, uid: str):
    found = session(uid, learning("lstm"), (), None)
    assert take_in(judge, [found])[0] == 2
    kept(home, found)
    assert judge("resume", typed="quit\n")[0] == 2
    judge("practice", "lstm", typed="quit\n")
    assert not [path for path in home.parent.rglob("*.lock") if path.parent != home / "sessions"]
    assert not Path("/tmp/escaped.lock").exists()


@pytest.mark.parametrize(
    "file",
    [
        "/dev/zero",
        "/etc/passwd",
        "/root/.ssh/id_rsa",
        "lstm.py",
        "-c:!id.py",
        "+:!touch pwned.py",
        "",
        "/x\0.py",
        "~/lstm.py",
        "../x.py",
    ],
)
def test_session_s_file_is_a_solution_and_nothing_else(judge: Judge, home: Path, file: str):
    """It is read and judged where the session goes on, and handed to the person's editor."""
    found = unfinished(file=file)
    assert take_in(judge, found)[0] == 2
    kept(home, *found)
    status, out, errors = judge("resume", typed="submit\nquit\n")
    assert (status, out) == (2, "")
    assert "`judge history --mend`" in errors


def test_session_s_problem_is_no_path_to_checks(judge: Judge, home: Path, tmp_path: Path):
    """Somebody who can put a folder on the machine, as in a repository that is cloned, must not get its code run by a record."""
    from problems import find_problem

    real = find_problem("lstm")
    folder = tmp_path / "cloned" / "problems" / "evil"
    folder.mkdir(parents=True)
    (tmp_path / "cloned" / "reference").mkdir()
    for name in ("problem.toml", "statement.md", "hints.md", "starter.py", "starter_numpy.py"):
        (folder / name).write_text((real.folder / name).read_text())
    (folder / "statement.md").write_text("# It was reached")
    (tmp_path / "cloned" / "reference" / "evil.py").write_text(real.solution)
    (folder / "checks.py").write_text("")
    for name in (str(folder), "../cloned/problems/evil"):
        assert take_in(judge, [unfinished(problem=name)[0] | {"uid": f"{len(name):032}"}])[0] == 0
    status, out, errors = judge("resume", typed="statement\nquit\n")
    assert (status, "reached" in out) == (2, False)
    assert "there is no problem" in errors
    assert "--delete all" in errors
    for name in (str(folder), "../cloned/problems/evil"):
        assert judge("history", name, "--delete", "all", "--yes")[0] == 0
    assert "There is no session to go on with" in judge("resume")[2]


def test_session_of_an_unknown_problem_hides_no_other(judge: Judge):
    assert judge("practice", "lora", typed="quit\n")[0] == 130
    late = unfinished(problem="from/elsewhere")[0] | {"seen_at": "2199-01-01T00:00:00+00:00"}
    assert take_in(judge, [late])[0] == 0
    assert "lora goes on" in judge("resume", typed="quit\n")[1]
    assert judge("history", "from/elsewhere", "--delete", "all", "--yes")[0] == 0


def test_session_that_asks_for_no_sandbox_goes_on_in_one(judge: Judge, home: Path):
    found = session("e" * 32, learning("lstm", sandbox="process"), (), None)
    status, out, errors = take_in(judge, [found])
    assert (status, out) == (0, "1 record added; 0 were known already.\n")
    assert "1 session begun with --sandbox process goes on with --sandbox auto here" in errors
    assert [json.loads(str(row[3]))["sandbox"] for row in content(home)["sessions"]] == ["auto"]
    assert take_in(judge, [found])[1:] == ("0 records added; 1 was known already.\n", "")


def test_known_session_is_not_made_another_one(judge: Judge, home: Path):
    """An event that fits the setup in the file, and not the one that is known."""
    assert take_in(judge, [session("e" * 32, learning("lstm"), (JUDGED,), None)])[0] == 0
    before = content(home)
    other = session("e" * 32, learning("lstm", "lora"), (JUDGED, EVENTS[-1]), None)
    status, _, errors = take_in(judge, [*records()[:3], other])
    assert (status, ", line 5 can't be read: task is 1" in errors) == (2, True)
    assert content(home) == before
    assert judge("resume", typed="quit\n")[0] == 130


def test_counterexample_that_no_check_could_draw_is_not_tried() -> None:
    from judge.practice.drawn import could_be_drawn
    from problems.cases import Case

    drawn = [
        Case(sizes={"B": 4, "T": 8}, options={"causal": True, "top_k": 5}),
        Case(sizes={"B": 1, "T": 16}, options={"causal": False, "top_k": 2}, dtype="float64"),
    ]
    good = Case(sizes={"B": 1, "T": 1}, options={"causal": False, "top_k": 1})
    assert could_be_drawn(good, drawn)
    assert all(could_be_drawn(each, drawn) for each in drawn)
    bad = [
        {"sizes": {"B": 10**12, "T": 1}}, {"sizes": {"B": 1, "T": 1, "X": 1}}, {"sizes": {"B": -1, "T": 1}}, {"dtype": "load"},
        {"kind": "huge"}, {"layout": "expanded"},
        {"seed": -1}, {"seed": 2**70}, {"options": {"causal": 1, "top_k": 10**9}}, {"options": {"causal": True, "other": 1}},
        {"options": {"causal": "__import__('os')", "top_k": 1}}, {"options": {"causal": [[]], "top_k": 1}},
    ]  # fmt: skip
    from msgspec.structs import replace

    for fields in bad:
        assert not could_be_drawn(replace(good, **fields), drawn), fields
    assert not could_be_drawn(good, [])


def test_counterexample_beyond_all_sizes_costs_the_judge_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the bench itself: the arrays of the case would have been made in the judge's own process, without a limit."""
    monkeypatch.delitem(sys.modules, "judge.practice.bench")
    from judge.configuration import Configuration
    from judge.practice.bench import Bench
    from judge.practice.events import Failing
    from problems import find_problem

    setup = learning("lstm", sandbox="process")
    sizes = {"B": 1 << 20, "T": 1 << 10, "I": 1 << 10, "H": 1 << 10}
    failing = Failing(check="agrees-with-reference", case={"sizes": sizes}, sentence="It is so.")
    right = find_problem("lstm").solution.encode()
    told: list[Any] = []
    with Bench(setup, Configuration()) as bench:
        found = bench.judge(setup.tasks[0], right, failing, told.append)
    assert (found.verdict.accepted, found.mended, told) == (True, None, [])


# stores that hold such records already


def kept(home: Path, *found: dict[str, Any]) -> None:
    """Put records into the store as an earlier version did, or another program: without a look at them."""
    from judge.exchange import COLUMNS, EVENT

    home.mkdir(mode=0o700, exist_ok=True)
    with Store(home / "judge.db", now=lambda: None, warn=pytest.fail):  # type: ignore[arg-type, return-value]
        pass
    with closing(sqlite3.connect(home / "judge.db")) as connection:
        for record in found:
            table = record["record"]
            columns = {name: _kept(record[name]) for name in COLUMNS[table]}
            marks = ", ".join("?" * len(columns))
            connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))
            for event in record.get("events", ()):
                row = (record["uid"], *(_kept(event[name]) for name in EVENT))
                connection.execute(f"INSERT INTO events (session, {', '.join(EVENT)}) VALUES (?, ?, ?, ?, ?)", row)
        connection.commit()


def _kept(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


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


# whatever else


VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2, 5, 99, 2**63 - 1, 2**63, 2**64, 10**30, 10**400, 0.5, -0.5, 1e-300, 1e18, 1e308, "", "a", NASTY,
    "x" * 5000, [], {}, [[]], [None], {"base64": "AAA="}, {"base64": "!"}, {"base64": 1},
    "2025-05-04T12:00:00", "1969-01-01T00:00:00+00:00",
    "2200-12-31T23:59:59+00:00", "9999-12-31T23:59:59-23:59", "../../x", "/dev/zero", "accepted", "process", "again",
]  # fmt: skip


def mutated(randomness: random.Random) -> bytes:
    """An export with something else in a few places: values, fields, records, lines, bytes."""
    found: list[Any] = records()
    for _ in range(randomness.choice((1, 1, 1, 2, 4))):
        places = [path for path, _ in leaves(found)]
        path = randomness.choice(places)[: randomness.choice((None, None, None, -1)) or 99] or (0,)
        match randomness.randrange(8):
            case 0:
                inner = found
                for step in path[:-1]:
                    inner = inner[step]  # type: ignore[index]
                del inner[path[-1]]  # type: ignore[index]
            case 1:
                found.append(json.loads(json.dumps(randomness.choice(found))))
            case 2:
                found = changed(found, (*path[:-1], path[-1]), json.loads(json.dumps(randomness.choice(found))))
            case _:
                found = changed(found, path, randomness.choice(VALUES))
        if not found or not any(path for path, _ in leaves(found)):
            break
    data = bytearray(written(found))
    if randomness.random() < 0.25:
        for _ in range(randomness.choice((1, 1, 3, 10))):
            place = randomness.randrange(len(data))
            match randomness.randrange(3):
                case 0:
                    data[place] = randomness.randrange(256)
                case 1:
                    del data[place : place + randomness.choice((1, 2, 50))]
                case _:
                    data[place:place] = randomness.choice((b"\n", b"[", b"}", b"\xff", b"9" * 400, b"\\u0000", b'"'))
            data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.parametrize("part", range(4))
def test_mutated_export_is_taken_in_harmless_or_refused_whole(judge: Judge, home: Path, part: int):
    counts = {0: 0, 2: 0}
    for seed in range(part * 60, part * 60 + 60):
        data = mutated(random.Random(seed))
        before = content(home)
        status, out, errors = take_in(judge, data)
        assert status in (0, 2), (seed, errors)
        assert "Traceback" not in errors
        assert not RAW.search(out + errors), seed
        counts[status] += 1
        if status == 2:
            assert (out, errors.count("\n")) == ("", 1), seed
            assert content(home) == before, seed
            continue
        require_harmless(judge, seed)
        assert judge("history", "--mend")[:2] == (0, "Every record makes sense: there is nothing to mend.\n"), seed
        _renew(home)
    assert min(counts.values()) > 5, counts


def _renew(home: Path) -> None:
    for path in [*home.glob("judge.db*"), *home.glob("sessions/*"), *Path().glob("lstm*.py")]:
        path.unlink()


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
