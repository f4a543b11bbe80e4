"""What hostile records are tried with: texts that would do harm, and a look at all that the judge shows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from judge.archive.exports import COLUMNS, EVENT
from judge.records import Store
from tests.judge.archive.exports import written

Judge = Callable[..., tuple[int, str, str]]
TABLES = ("attempts", "hints", "solutions_seen", "sessions", "events", "reviews", "plans")
NASTY = (
    "\x1b[2J\x9b31m\u202e\u2066\x07\x00\x7f\u2028\r\njudge: forged\n"
    "<script>alert(1)</script>\"' onload=x<img src=x onerror=y>&amp;]]>--><svg/onload=z>"
    "[bold red]x[/bold red][link=http://evil.example]y[/link]{0}{at}%s$HOME`id`"
)
TITLE = "\x1b[2J\u202e" + NASTY[NASTY.index("<script") :]  # SQLite cuts what it takes out of JSON at a NUL
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]")


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


def kept(home: Path, *found: dict[str, Any]) -> None:
    """Put records into the store as an earlier version did, or another program: without a look at them."""
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
