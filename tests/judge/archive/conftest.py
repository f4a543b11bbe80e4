"""A home of its own for each test, and sessions that judge at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from judge import cli
from judge.terminal import session_loop
from tests.judge.archive.harmless import Judge
from tests.judge.practice.stage import QuickJudge, quick_saves


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("JUDGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(session_loop, "TICK_SECONDS", 0.01)
    quick_saves(monkeypatch.setattr)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("judge.service.worker_judge.WorkerJudge", lambda **options: QuickJudge())
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
