"""A cost near the line is decided once for a file, a seed and the versions."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from judge.isolation import open_sandbox
from judge.judging import CostDecisions, cost_decisions, judge_submission
from judge.judging.cost_decisions import key_of
from judge.verdict import Kind
from tests.case_sets import case_set_for
from tests.judge.judging import read_submission
from tests.repeats import near_the_line

VERSIONS = {"torch": "2.13.0", "framework": "torch"}


def test_the_first_decision_stands(tmp_path: Path) -> None:
    costs = CostDecisions(tmp_path / "costs")
    assert costs.known("a") is None
    assert costs.settle("a", rejected=True) is True
    assert costs.settle("a", rejected=False) is True
    assert CostDecisions(tmp_path / "costs").known("a") is True
    assert costs.settle("b", rejected=False) is False
    assert costs.known("b") is False
    assert sorted(path.name for path in (tmp_path / "costs").iterdir()) == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"rej", b"rejected\naccepted\n", b"\xff" * 100])
def test_what_is_damaged_is_decided_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    costs = CostDecisions(tmp_path)
    assert costs.known("a") is None
    assert costs.settle("a", rejected=False) is False
    assert costs.settle("a", rejected=True) is True
    assert costs.known("a") is True


def test_where_nothing_can_be_written_the_measurement_decides(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    costs = CostDecisions(tmp_path / "file" / "costs")
    assert [costs.settle("a", rejected=each) for each in (True, False)] == [True, False]


def test_the_oldest_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost_decisions, "MOST_KEPT", 10)
    costs = CostDecisions(tmp_path)
    for number in range(11):
        costs.settle(f"{number:02}", rejected=True)
        os.utime(tmp_path / f"{number:02}", (number, number)) if number < 10 else None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["05", "06", "07", "08", "09", "10"]


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    for name, age in ((".new-old", 7200), (".new-now", 0)):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    CostDecisions(tmp_path).settle("a", rejected=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new-now", "a"]


def test_a_key_is_of_everything_that_a_decision_hangs_on() -> None:
    keys = {
        key_of(b"x = 1\n", "cost", 1, VERSIONS),
        key_of(b"x = 2\n", "cost", 1, VERSIONS),
        key_of(b"x = 1\n", "cost_of_steps", 1, VERSIONS),
        key_of(b"x = 1\n", "cost", 2, VERSIONS),
        key_of(b"x = 1\n", "cost", 1, {**VERSIONS, "torch": "2.12.0"}),
    }
    assert len(keys) == 5


def _settle(folder: Path, number: int) -> bool:
    return CostDecisions(folder).settle("a", rejected=bool(number % 2))


def test_of_many_at_once_all_get_one_decision(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        found = set(pool.map(_settle, [tmp_path] * 50, range(50)))
    assert len(found) == 1


@pytest.mark.parametrize("rejected", [True, False])
def test_a_verdict_follows_the_decision_that_was_kept(
    tmp_path: Path, rejected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is measured now: the file's cost is so far beyond linear that it is suspect each time."""
    monkeypatch.setattr(CostDecisions, "known", lambda self, key: asked.append(key) or rejected)
    asked: list[str] = []
    path = next(each for each in near_the_line(tmp_path) if each.stem == "pairs_100")
    submission = read_submission(path, problem="lstm")
    with open_sandbox("auto") as sandbox:
        found = judge_submission(
            submission,
            seed=7,
            sandbox=sandbox,
            case_set=case_set_for(submission, 7),
            costs=CostDecisions(tmp_path / "costs"),
        )
    assert found.verdict is (Kind.TIME_LIMIT if rejected else Kind.ACCEPTED)
    assert len(set(asked)) == 1
    assert not (tmp_path / "costs").exists()


def test_a_decision_is_kept_where_a_cost_is_suspect_alone(tmp_path: Path) -> None:
    files = {path.stem: path for path in near_the_line(tmp_path)}
    with open_sandbox("auto") as sandbox:
        for name, kept in (("wrong", 0), ("pairs_100", 1)):
            submission = read_submission(files[name], problem="lstm")
            costs, case_set = tmp_path / f"costs_of_{name}", case_set_for(submission, 7)
            judge_submission(submission, seed=7, sandbox=sandbox, case_set=case_set, costs=CostDecisions(costs))
            assert sum(1 for _ in costs.glob("*")) == kept
