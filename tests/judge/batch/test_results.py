import json
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest

from judge.batch.results import COLUMNS, JUnitFolder, Line, Sink, harmless, junit_name, open_results, read_results
from judge.verdict import UsageError
from tests.judge.verdicts import ACCEPTED, EVERY, WRONG_ANSWER


def lines() -> list[Line]:
    return [
        Line(
            id=f"students/{n}.py", sha256=f"{n:064}", same_as="x" if n == 2 else None, verdict=verdict, filename="x.py"
        )
        for n, verdict in enumerate(EVERY.values())
    ]


def written(path: Path, found: list[Line]) -> None:
    sink: Sink = open_results(path)
    for line in found:
        sink.add(line)
    sink.close()


@pytest.mark.parametrize("name", ["r.jsonl", "r.csv", "R.CSV"])
def test_what_is_written_is_read_again(tmp_path: Path, name: str):
    found = lines()
    written(tmp_path / name, found[:2])
    written(tmp_path / name, found[2:])  # goes on where the first ended
    seen = read_results(tmp_path / name)
    assert [each.id for each in seen] == [line.id for line in found]
    assert [each.sha256 for each in seen] == [line.sha256 for line in found]
    assert [each.seed for each in seen] == [line.verdict.seed for line in found]
    assert [each.verdict for each in seen] == [line.verdict.verdict for line in found]
    assert [bool(each.title) for each in seen] == [bool(line.seen.title) for line in found]


@pytest.mark.parametrize("name", ["r.jsonl", "r.csv"])
def test_half_written_last_line_is_taken_away_wherever_it_was_cut(tmp_path: Path, name: str):
    path = tmp_path / name
    written(path, lines()[:2])
    whole = path.read_bytes()
    before_last = whole.rstrip(b"\n").rfind(b"\n") + 1
    for cut in {before_last, before_last + 1, before_last + 20, len(whole) - 1}:
        path.write_bytes(whole[:cut])
        assert [each.id for each in read_results(path)] == ["students/0.py"]
        assert path.read_bytes() == whole[:before_last]
    path.write_bytes(whole + b"\0" * 100 + b"\n")  # as a lost power supply leaves it
    assert len(read_results(path)) == 2
    path.write_bytes(b"")
    assert read_results(path) == []
    assert read_results(tmp_path / "nothing.jsonl") == []


@pytest.mark.parametrize(("name", "text"), [("r.jsonl", "{}\n"), ("r.jsonl", "x\n"), ("r.csv", "a,b\n1,2\n")])
def test_file_of_something_else_is_left_alone(tmp_path: Path, name: str, text: str):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UsageError, match="no file of results, from its line 1"):
        read_results(path)
    assert path.read_text() == text


def test_json_line_is_what_json_prints_with_the_id_before_it(tmp_path: Path):
    written(tmp_path / "r.jsonl", [Line(id="a", sha256="0", same_as=None, verdict=WRONG_ANSWER, filename="a.py")])
    fields = json.loads((tmp_path / "r.jsonl").read_text())
    assert list(fields)[:4] == ["id", "sha256", "same_as", "schema"]
    assert fields["verdict"] == "wrong_answer"
    assert fields["checks"]
    assert "cost" not in fields


def test_csv_is_one_line_a_row_and_no_cell_is_a_formula(tmp_path: Path):
    nasty = msgspec.structs.replace(ACCEPTED, headline='=cmd|" /C calc"!A0\nsecond, line\r\x1b[31m')
    written(tmp_path / "r.csv", [Line(id="=1+1.py", sha256="0", same_as=None, verdict=nasty, filename="a.py")])
    heading, row = (tmp_path / "r.csv").read_text().splitlines()
    assert heading == ",".join(COLUMNS)
    assert row.startswith("'=1+1.py,")
    assert "'=cmd|" in row
    assert "\x1b" not in row
    assert harmless("ordinary - text") == "ordinary - text"


def test_junit_folder_holds_a_file_for_each_id_and_ids_can_not_lead_elsewhere(tmp_path: Path):
    folder = tmp_path / "made" / "junit"
    sink = JUnitFolder(folder)
    ids = ["a", "a.py", "sub/a", "../../a", "sub_a", "ü", "..", ".hidden", ""]
    for id_ in ids:
        sink.add(Line(id=id_, sha256="0", same_as=None, verdict=WRONG_ANSWER, filename="a.py"))
    names = {path.name for path in folder.iterdir()}
    assert len(names) == len(ids)
    assert all(name.endswith(".xml") and not name.startswith(".") for name in names)
    assert list(tmp_path.iterdir()) == [tmp_path / "made"]
    root = ElementTree.parse(folder / "a.xml").getroot()
    assert root.find("testsuite") is not None
    assert junit_name("sub/a") != junit_name("sub_a")
