"""A home of its own for each test, and sessions that judge at once."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from judge import cli
from judge.practice import desk
from tests.judge.exchange.harmless import Judge
from tests.judge.practice.stage import QuickBench


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
