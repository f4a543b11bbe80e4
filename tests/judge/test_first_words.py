"""What `judge run` says as soon as a check fails, and what is kept where nobody waits for the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from judge.cli import main
from judge.commands.reporting import Opening
from judge.console import current_streams
from judge.service.requests import FirstFailure
from judge.verdict import from_json
from tests.judge.verdicts import WRONG_ANSWER

# Wrong in every call, and so slow that all checks take minutes.
SLOW = """\
import time

import torch


def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):
    time.sleep(0.2)
    h = h0 + 1
    return torch.stack([h] * x.shape[1], 1), (h, c0)
"""
WRONG = SLOW.replace("    time.sleep(0.2)\n", "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "lstm.py").write_text(SLOW)
    (tmp_path / "lstm.py").write_text(WRONG)
    return tmp_path


def environment(folder: Path) -> Mapping[str, str]:
    return {**os.environ, "JUDGE_HOME": str(folder / "home"), "CI": "true"}


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "judge", *arguments],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_an_interruption_keeps_what_was_found(folder: Path) -> None:
    with started(folder, "run", "slow/lstm.py") as process:
        assert process.stderr is not None
        assert process.stdout is not None
        first = process.stderr.readline().decode()
        assert first.startswith("judge: lstm.py: wrong answer in "), first
        process.send_signal(signal.SIGINT)
        said, errors = process.stdout.read(), process.stderr.read().decode()
        assert process.wait() == 130
    assert said == b""
    assert "lstm.py: not finished, but it is wrong: " in errors
    assert "Traceback" not in errors
    kept, _ = started(folder, "history", "--json").communicate()
    (attempt,) = map(json.loads, kept.splitlines())
    assert attempt["verdict"] == "wrong_answer"


def test_what_is_kept_says_that_it_is_not_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    known = msgspec.structs.replace(WRONG_ANSWER, complete=False)
    event = FirstFailure(1, "wrong_answer", "agrees", "It is off.", msgspec.json.encode(known))
    streams = current_streams()
    with streams.store() as store:
        opening = Opening("lstm.py", b"", store, streams, quiet=True)
        assert not opening.interrupted()
        assert capsys.readouterr() == ("", ""), "nothing was known, and nothing is kept"
        opening.notice(event)
        assert capsys.readouterr() == ("", "")
        assert opening.interrupted()
        said, errors = capsys.readouterr()
        found = store.last_verdict(None)
    assert from_json(said.encode()) == known == (found and found[1])
    assert errors.splitlines()[0] == f"judge: lstm.py: not finished, but it is wrong: {known.headline}"


def test_an_interruption_prints_one_object_and_an_export_of_it_is_taken_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = msgspec.structs.replace(WRONG_ANSWER, complete=False, diagnosis=None)

    def interrupted(judge: object, request: object, stage: object, decided: object, first: Any) -> None:
        first(FirstFailure(1, "wrong_answer", "agrees", "It is off.", msgspec.json.encode(known)))
        raise KeyboardInterrupt

    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr("judge.commands.judging.judged", interrupted)
    monkeypatch.chdir(tmp_path)
    Path("lstm.py").write_text(WRONG)
    assert main(["run", "lstm.py", "--json"]) == 130
    said, errors = capsys.readouterr()
    assert from_json(said.encode()) == known
    assert [line.startswith("judge: ") for line in errors.splitlines()] == [True, True], "and no `Interrupted.`"
    assert main(["explain"]) == 0
    explained = capsys.readouterr().out
    assert "Judging was interrupted before the mistake was looked for." in explained
    assert "`judge run lstm.py` judges it whole." in explained
    assert main(["history", "--show", "1"]) == 0
    assert "Judging was interrupted" in capsys.readouterr().out
    assert main(["export"]) == 0
    exported = capsys.readouterr().out
    Path("export.jsonl").write_text(exported)
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "another"))
    assert main(["import", "export.jsonl"]) == 0
    capsys.readouterr()
    assert main(["export"]) == 0
    assert capsys.readouterr().out == exported


def test_after_the_verdict_an_interruption_loses_the_explanation_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    streams = current_streams()
    with streams.store() as store:
        opening = Opening("lstm.py", b"", store, streams, quiet=False)
        opening.show(WRONG_ANSWER)
        assert opening.interrupted()
        assert len(store.read("SELECT id FROM attempts", ())) == 1
    assert "the verdict is kept" in capsys.readouterr().err


def test_a_pipe_gets_one_line_on_standard_error_and_json_none(folder: Path) -> None:
    process = started(folder, "run", "lstm.py", "--seed", "1")
    said, errors = process.communicate()
    assert process.returncode == 1
    assert said.startswith(b"lstm.py: wrong answer")
    (line,) = errors.decode().splitlines()
    assert line.startswith("judge: lstm.py: wrong answer in ")
    process = started(folder, "run", "lstm.py", "--seed", "1", "--json")
    said, errors = process.communicate()
    assert errors == b""
    assert json.loads(said)["complete"] is True
