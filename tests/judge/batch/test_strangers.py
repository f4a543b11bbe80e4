"""What strangers can put into a folder that is judged, and into the names of what they hand in: none of it may harm the one who judges."""

import csv
import hashlib
import io
import json
import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from judge import cli
from judge.batch import batch as module
from judge.batch.results import JUnitFolder, Line, Seen, harmless, junit_name
from tests.judge.batch.pools import Pool
from tests.judge.verdicts import ACCEPTED, WRONG_ANSWER

Judge = Callable[..., tuple[int, str, str]]
SECRET = "the key that nobody may see"


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> type[Pool]:
    fresh = type("Fresh", (Pool,), {"judged": [], "jobs": []})
    monkeypatch.setattr(module, "PoolJudge", fresh)
    return fresh


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def judge(capsys: pytest.CaptureFixture[str]) -> Judge:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = cli.main(["batch", *arguments, "--problem", "lstm", "--seed", "1"])
        return (status, *capsys.readouterr())

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class in which somebody made links."""
    found = tmp_path / "class"
    (found / "ann").mkdir(parents=True)
    (found / "ann" / "lstm.py").write_text("right, of ann")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "key.py").write_text(SECRET)
    return found


def ids(out: str) -> list[str]:
    return sorted(json.loads(line)["id"] for line in out.splitlines())


# links


@pytest.mark.parametrize("target", ["../private/key.py", "/dev/zero", "ann/../../private/key.py"])
def test_link_to_a_file_outside_is_never_read(judge: Judge, pool: type[Pool], folder: Path, target: str):
    (folder / "eve.py").symlink_to(target)
    for flags in ([], ["--follow-links"]):
        status, out, err = judge("class", *flags)
        assert (status, ids(out)) == (0, ["class/ann/lstm.py"])
        assert set(pool.judged) == {"right, of ann"}
        assert "1 symbolic link was not followed: class/eve.py" in err
        assert ("--follow-links" in err) is (not flags)
        assert ("outside" in err) is bool(flags)


def test_link_to_a_folder_outside_is_never_entered(judge: Judge, pool: type[Pool], folder: Path, tmp_path: Path):
    (folder / "eve").symlink_to(tmp_path / "private")
    for flags in ([], ["--follow-links"]):
        _, out, err = judge("class", *flags)
        assert ids(out) == ["class/ann/lstm.py"]
        assert "1 symbolic link was not followed: class/eve" in err


def test_links_inside_the_folder_are_followed_where_that_is_asked_for(judge: Judge, pool: type[Pool], folder: Path):
    (folder / ".kept").mkdir()
    (folder / ".kept" / "old.py").write_text("right, and old")
    (folder / "eve.py").symlink_to("ann/lstm.py")
    (folder / "old").symlink_to(".kept")
    (folder / "again.py").symlink_to("eve.py")
    status, out, err = judge("class")
    assert (status, ids(out)) == (0, ["class/ann/lstm.py"])
    assert "3 symbolic links were not followed: class/again.py, class/eve.py, class/old." in err
    status, out, err = judge("class", "--follow-links")
    assert (status, ids(out)) == (0, ["class/again.py", "class/ann/lstm.py", "class/eve.py", "class/old/old.py"])
    assert "symbolic link" not in err
    assert {json.loads(line)["same_as"] for line in out.splitlines() if "old.py" not in line} >= {None}


def test_loop_of_links_ends_and_nothing_is_judged_twice(judge: Judge, pool: type[Pool], folder: Path):
    (folder / "round").symlink_to(".")
    (folder / "ann" / "up").symlink_to("..")
    (folder / "self.py").symlink_to("self.py")
    for number in range(12):  # each leads to all others: followed by name, there would be more ways than can be counted
        (folder / f"f{number}").mkdir()
        for other in range(12):
            (folder / f"f{number}" / f"l{other}").symlink_to(f"../f{other}")
    status, out, err = judge("class", "--follow-links")
    assert (status, ids(out)) == (0, ["class/ann/lstm.py"])
    assert "1 symbolic link was not followed: class/self.py (leads nowhere)" in err


def test_many_links_are_counted_and_a_few_are_named_harmless(judge: Judge, pool: type[Pool], folder: Path):
    for number in range(30):
        (folder / f"\x1b[2J\u202e{number:02}.py").symlink_to("/etc/passwd")
    _, _, err = judge("class")
    assert "30 symbolic links were not followed: class/\\x1b[2J\\u202e00.py, " in err
    assert "and 25 more" in err
    assert "\x1b" not in err


def test_link_that_is_named_itself_is_not_read_and_its_result_says_so(judge: Judge, pool: type[Pool], folder: Path):
    (folder / "eve.py").symlink_to("../private/key.py")
    (folder / "bob.py").symlink_to("ann/lstm.py")
    status, out, _ = judge("class/eve.py", "class/bob.py", "class/ann/lstm.py")
    assert status == 1
    errors = {row["id"]: row["error"] for row in map(json.loads, out.splitlines())}
    assert errors["class/ann/lstm.py"] is None
    assert "is a symbolic link" in errors["class/eve.py"]
    assert "--follow-links" in errors["class/bob.py"]
    status, out, _ = judge("class/eve.py", "class/bob.py", "--follow-links")
    errors = {row["id"]: row["error"] for row in map(json.loads, out.splitlines())}
    assert "outside" in errors["class/eve.py"]
    assert errors["class/bob.py"] is None
    assert SECRET not in pool.judged


def test_folder_that_is_a_link_is_to_be_named_itself(judge: Judge, pool: type[Pool], folder: Path, tmp_path: Path):
    (tmp_path / "other").symlink_to("class")
    status, out, err = judge("other")
    assert (status, out) == (2, "")
    assert "other is a symbolic link" in err
    assert str(tmp_path / "class") in err
    assert ids(judge("other", "--follow-links")[1]) == ["other/ann/lstm.py"]
    (tmp_path / "away").symlink_to("/usr/lib")
    status, out, err = judge("away", "--follow-links")
    assert (status, out) == (2, "")
    assert "leads outside" in err


@pytest.mark.parametrize("swapped", ["file", "folder", "fifo"])
def test_file_that_becomes_a_link_after_it_was_found_is_not_read(
    judge: Judge, pool: type[Pool], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
):
    """Between the look and the opening; the plainest of races, and the one that always wins."""
    (folder / "eve").mkdir()
    (folder / "eve" / "key.py").write_text("harmless yet")
    opened = os.open

    def swap() -> None:
        monkeypatch.setattr(os, "open", opened)
        (folder / "eve" / "key.py").unlink()
        if swapped == "folder":
            (folder / "eve").rmdir()
            (folder / "eve").symlink_to(tmp_path / "private")
        elif swapped == "file":
            (folder / "eve" / "key.py").symlink_to(tmp_path / "private" / "key.py")
        else:
            os.mkfifo(folder / "eve" / "key.py")

    from judge.batch import batch as running

    begin = running.Batch.run
    monkeypatch.setattr(running.Batch, "run", lambda self: (swap(), begin(self))[1])
    status, out, _ = judge("class")
    assert status == 1
    assert pool.judged == ["right, of ann"]
    (error,) = [row["error"] for row in map(json.loads, out.splitlines()) if row["error"]]
    assert "changed while" in error or "no file that can be read" in error


# names of JUnit files


HASHED = hashlib.sha256(b"ANN").hexdigest()
COLLIDING = [
    ("Ann", "ann"),
    ("ann", "ANN"),
    ("a" * 200 + "1", "a" * 200 + "2"),
    (unicodedata.normalize("NFC", "Zoë"), unicodedata.normalize("NFD", "Zoë")),
    ("\u212bngström", "\u00c5ngström"),  # the sign for the unit, and the letter
    ("straße", "STRASSE"),
    ("ann", "ann."),
    ("ann", "ann "),
    ("ann", "ann.xml"),
    ("ann.xml", "ann.xml.part"),
    ("a/b", "a\\b"),
    ("a/b", "a_b"),
    ("ANN", f"ann-{HASHED[:8]}"),
    ("ANN", f"ann-{HASHED[:32]}"),
    ("ANN", f"ann-{HASHED}"),
]


@pytest.mark.parametrize(("one", "other"), COLLIDING)
def test_no_two_junit_files_share_a_name_on_any_file_system(one: str, other: str):
    names = [unicodedata.normalize("NFKC", junit_name(id_)).casefold() for id_ in (one, other)]
    assert names[0] != names[1]
    for name in names:
        assert name.isascii()
        assert len(name) < 200


def test_a_junit_file_keeps_the_letters_of_a_name():
    assert junit_name("Jürgen Müller.py").startswith("jurgen_muller.py-")
    assert junit_name("María/José.py").startswith("maria_jose.py-")


@pytest.mark.parametrize("id_", ["con", "NUL", "com1", "aux.py", "LPT9.tar.gz", "prn.", "com¹", "con "])
def test_junit_file_is_never_called_as_a_device_of_windows(id_: str):
    assert junit_name(id_).partition(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1", "lpt9"}


@pytest.mark.parametrize("id_", ["-rf", "--help", ".bashrc", "..", "~", "$HOME", "a\nb", "*"])
def test_junit_file_is_called_as_nothing_that_a_shell_reads(id_: str):
    name = junit_name(id_)
    assert name[0] not in "-.~"
    assert not set(name) & set("/\\\n$*~ ")


def line(id_: str, sha256: str = "0", headline: str = "so") -> Line:
    return Line(
        id=id_, sha256=sha256, same_as=None, verdict=replace(WRONG_ANSWER, headline=headline), filename="lstm.py"
    )


def test_two_submissions_of_one_id_have_a_file_each(tmp_path: Path):
    sink = JUnitFolder(tmp_path / "xml")
    sink.add(line("ann", "1"))
    sink.add(line("ann", "2"))
    assert len(list((tmp_path / "xml").iterdir())) == 2
    later = JUnitFolder(tmp_path / "xml", [Seen(id="ann", sha256="1", seed=1, verdict="accepted")])
    later.add(line("ann", "2"))
    later.add(line("ann", "1"))
    assert len(list((tmp_path / "xml").iterdir())) == 2


def test_link_that_waits_in_the_junit_folder_is_not_written_through(tmp_path: Path):
    (tmp_path / "mine").write_text("mine")
    folder = tmp_path / "xml"
    folder.mkdir()
    for name in (junit_name("ann"), junit_name("ann") + ".part"):
        (folder / name).symlink_to(tmp_path / "mine")
    JUnitFolder(folder).add(line("ann"))
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (folder / junit_name("ann")).is_symlink()
    assert "testsuite" in (folder / junit_name("ann")).read_text()


# cells of CSV


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(1)",
    "＝1+1", "＋1", "－1", "＠SUM(1)",  # full width: taken for the ASCII ones by spreadsheets of East Asian systems
    "﹦1", "﹢1", "﹣1", "﹫A1", "⁼1", "⁺1", "⁻1", "₌1", "₊1", "₋1", "−1",  # noqa: RUF100 - small, raised, lowered; the minus sign
    " =1", "   +1", "\t=1", "\r=1", "\n=1", "\r\n@x", "\u3000=1", "\xa0=1", "\u200b=1", "\ufeff=1", "\x00=1",
    "'=1", '"=1"', "x;=1", "x;\t+1", "x\t=1", 'x;"=1',
]  # fmt: skip


def cells(value: str, delimiter: str) -> list[str]:
    from judge.batch.results import _row

    (row,) = csv.reader(io.StringIO(_row([harmless(value), "end"]).decode(), newline=""), delimiter=delimiter)
    return row


@pytest.mark.parametrize("formula", FORMULAS)
def test_cell_is_a_formula_to_no_spreadsheet(formula: str):
    """Nor where it takes semicolons or tabs for what separates cells, trims them, or folds full-width signs."""
    for delimiter in (",", ";", "\t"):
        for cell in cells(formula, delimiter):
            folded = unicodedata.normalize("NFKC", cell).strip(' \t\r\n"\u200b\ufeff\x00\u3000')
            assert not folded.startswith(("=", "+", "-", "@", "−")), (delimiter, cell)


@pytest.mark.parametrize("text", ["ordinary - text", "a; b", "x = 1; y", "it is 0.5, and should be -0.5", "ü ＝", ""])
def test_ordinary_cell_is_left_as_it_is(text: str):
    assert harmless(text) == text


def test_csv_with_hostile_ids_is_read_again_and_goes_on(judge: Judge, pool: type[Pool], folder: Path):
    (folder / "＝cmd.py").write_text("right, and hostile")
    (folder / " =1;=2.py").write_text("right, and more hostile")
    assert judge("class", "--out", "r.csv")[0] == 0
    assert len(pool.judged) == 3
    assert "3 were there already" in judge("class", "--out", "r.csv", "--resume")[2]
    assert len(pool.judged) == 3


def test_titles_of_a_results_file_from_elsewhere_are_shown_escaped(judge: Judge, pool: type[Pool], folder: Path):
    row = {"id": "x", "sha256": "0", "seed": 1, "verdict": "wrong_answer\x1b[2J"}
    row["diagnosis"] = {"mistake": "m", "title": "\x1b]0;owned\x07[red]bold\u202e"}  # type: ignore[assignment]
    Path("r.jsonl").write_text(json.dumps(row) + "\n")
    _, _, err = judge("class", "--out", "r.jsonl", "--resume")
    assert not set(err) & set("\x1b\x07\u202e")
    assert "\\x1b]0;owned\\x07[red]bold\\u202e" in err.replace("\n", "")


def test_no_name_of_a_line_leads_to_checks_that_a_stranger_wrote(
    judge: Judge, pool: type[Pool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = json.dumps({"id": "a", "problem": "evil/problems/lstm", "source": "right"}) + "\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    (tmp_path / "evil" / "problems" / "lstm").mkdir(parents=True)
    status = cli.main(["batch", "-"])
    assert status == 1
    assert pool.judged == []
    assert ACCEPTED.accepted
