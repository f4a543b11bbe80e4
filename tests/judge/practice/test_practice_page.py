"""The page of `judge stats --html`: whole in itself, and drawn by a real browser where there is one."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from judge.records import Done, Line, Progress, progress
from judge.reports.page import page
from problems import all_problems
from tests.judge.practice.hands import NOON

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def some_progress() -> Progress:
    lines = [
        Line(
            number=number,
            at=NOON - timedelta(days=30 - number),
            problem="lstm",
            verdict="accepted" if number % 5 == 0 else "wrong_answer",
            mistake="" if number % 2 else "a<b",
            title="" if number % 2 else "A & B <swapped>",
            headline="so",
            occasion="save",
            session=None,
            spent_seconds=60.0,
            file_name="lstm.py",
        )
        for number in range(20)
    ]
    done = [
        Done(
            at=NOON - timedelta(days=day),
            problem="lstm",
            outcome="solved" if day % 4 else "not solved",
            seconds=600.0 + day,
            minutes=25.0,
            feeling=None,
            rating=3,
        )
        for day in range(12, 0, -1)
    ]
    due = {"lstm": NOON - timedelta(days=1), "lora": NOON + timedelta(days=3)}
    return progress(lines, done, due, all_problems(), now=NOON, local=lambda moment: moment)


def test_page_is_whole_in_itself():
    text = page(some_progress(), local=lambda moment: moment)
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) == 4
    for chart in charts:
        ElementTree.fromstring(chart)
    without_comments = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    addresses = set(re.findall(r"""https?://[^"'\s<>)]+""", without_comments))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "<script" not in text
    assert "@import" not in text
    assert "A &amp; B &lt;swapped&gt;" in text
    assert "<swapped>" not in text
    assert '<td class="due">today</td>' in text
    assert f"1 of {len(all_problems())}" in text


def test_page_of_nobody_has_no_empty_charts():
    nobody = progress([], [], {}, all_problems(), now=NOON, local=lambda moment: moment)
    text = page(nobody, local=lambda moment: moment)
    assert "No session has come to its end yet." in text
    assert "No mistake was recognised yet." in text
    assert text.count("<svg") == 2


@pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the page in a browser, since there is no chromium")
def test_browser_draws_it_and_has_nothing_to_complain_of(tmp_path: Path):
    file, picture = tmp_path / "page.html", tmp_path / "page.png"
    file.write_text(page(some_progress(), local=lambda moment: moment))
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={tmp_path}/profile", "--window-size=1200,1300", "--enable-logging=stderr"),
            *(f"--screenshot={picture}", file.as_uri()),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert b"CONSOLE" not in done.stderr
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert len(data) > 50_000  # an empty page takes a tenth of that
