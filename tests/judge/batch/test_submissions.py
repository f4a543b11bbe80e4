import io
import json
import os
from pathlib import Path

import pytest

from judge.batch.files import files_below
from judge.batch.submissions import MOST_LINE_BYTES, items_of_files, items_of_lines
from judge.source import MOST_SOURCE_BYTES
from judge.verdict import UsageError


def test_folder_gives_its_python_files_sorted_without_what_is_hidden(tmp_path: Path):
    for name in ("b.py", "a.py", "sub/c.py", ".hidden/d.py", "__pycache__/e.py", "notes.txt", ".f.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    found = files_below([tmp_path, tmp_path / "a.py", tmp_path / "notes.txt"])
    assert [str(each.path.relative_to(tmp_path)) for each in found.found] == ["a.py", "b.py", "sub/c.py", "notes.txt"]


def test_folder_without_python_files_and_missing_ones_are_wrong_usage(tmp_path: Path):
    with pytest.raises(UsageError, match=r"no \*\.py or \*\.ipynb file in"):
        files_below([tmp_path])
    with pytest.raises(UsageError, match="no file or folder"):
        files_below([tmp_path / "x.py"])


def test_files_that_can_not_be_read_are_items_with_an_error(tmp_path: Path):
    (tmp_path / "good.py").write_bytes(b"x = 1\n")
    (tmp_path / "huge.py").write_bytes(b"#" * (2 * MOST_SOURCE_BYTES))
    os.mkfifo(tmp_path / "pipe.py")
    found = {item.filename: item for item in items_of_files(files_below([tmp_path]).found)}
    assert found["good.py"].error == ""
    assert found["good.py"].source == b"x = 1\n"
    assert "most that a solution may have" in found["huge.py"].error
    assert len(found["huge.py"].source) == MOST_SOURCE_BYTES + 1
    assert "no file that can be read" in found["pipe.py"].error


def test_lines_are_items_and_a_bad_one_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil" / "lstm").mkdir(parents=True)
    (tmp_path / "evil" / "lstm" / "problem.toml").write_text("")
    good = {"id": 7, "problem": "lstm", "source": "x = 'ü'"}
    texts = [
        json.dumps(good).encode(),
        b"",
        b"{not json",
        b"[1, 2]",
        b'{"id": "x"}',
        json.dumps({**good, "source": 5}).encode(),
        b"\xff\xfe",
        b'"' + b"x" * (2 * MOST_LINE_BYTES) + b'"',
        json.dumps({**good, "id": "outside", "problem": "evil/lstm"}).encode(),
        json.dumps({**good, "id": "absolute", "problem": str(tmp_path / "evil" / "lstm")}).encode(),
        json.dumps({**good, "id": "jax", "framework": "jax"}).encode(),
        json.dumps({**good, "id": "large", "source": "#" * (2 * MOST_SOURCE_BYTES)}).encode(),
        json.dumps({"id": "last", "source": "\ud800"}).encode(),  # no text
        json.dumps({"id": "last", "source": "", "problem": "judge/lstm"}).encode(),
    ]
    found = list(items_of_lines(io.BytesIO(b"\n".join(texts))))
    assert [item.id for item in found] == [
        "7", "line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "outside", "absolute", "jax", "large", "line 13", "last",
    ]  # fmt: skip
    assert found[0].source == "x = 'ü'".encode()
    assert [bool(item.error) for item in found] == [False, *[True] * 11, False]
    assert "a path to its folder is for the command line" in found[7].error
    assert "a path to its folder is for the command line" in found[8].error
    assert "line 3 is no object like" in found[1].error.lower()
