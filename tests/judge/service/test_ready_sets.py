"""Case sets on disk: who takes which, what is kept, and that a verdict is the same with them as without."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import pytest

from judge.cases import CaseSet
from judge.cases.stored import HEAD, StoredCaseSet, encode, read
from judge.service.ready_sets import READY, TAKEN, ReadySets
from judge.service.requests import Request, Settings, chosen
from judge.service.warm import WarmJudge
from judge.verdict import Verdict
from problems import Problem, find_problem
from tests.judge.answers import FOLDER

BPE = find_problem("bpe")
PYTHON = BPE.model
MOST = 64  # MiB
TAKERS, SETS = 50, 20
ROOT = Path(__file__).parents[3]


@pytest.fixture
def sets(tmp_path: Path) -> ReadySets:
    return ReadySets(tmp_path / "sets")


def taken_by_one(folder: Path) -> int | None:
    """What one process takes, of all that begin at the same time."""
    return ReadySets(folder).take(BPE, PYTHON)


def test_no_two_runs_take_the_same_set(sets: ReadySets, tmp_path: Path):
    for seed in range(SETS):
        sets.put(BPE, PYTHON, seed, b"x", MOST)
    with get_context("spawn").Pool(4) as pool:
        found = pool.map(taken_by_one, [tmp_path / "sets"] * TAKERS, chunksize=1)
    mine = [seed for seed in found if seed is not None]
    assert sorted(mine) == list(range(SETS))


def test_a_process_that_has_imported_torch_takes_what_another_has_kept(sets: ReadySets, tmp_path: Path):
    sets.put(BPE, PYTHON, 7, b"x", MOST)
    code = (
        "import sys, torch, torch._inductor.config; from pathlib import Path; from problems import find_problem;"
        "from judge.service.ready_sets import ReadySets; bpe = find_problem('bpe');"
        "print(ReadySets(Path(sys.argv[1])).take(bpe, bpe.model))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "sets"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert found.stdout.split() == ["7"]


def test_threads_do_not_either(sets: ReadySets):
    for seed in range(SETS):
        sets.put(BPE, PYTHON, seed, b"x", MOST)
    with ThreadPoolExecutor(TAKERS) as pool:
        found = list(pool.map(lambda number: sets.take(BPE, PYTHON), range(TAKERS)))
    assert sorted(seed for seed in found if seed is not None) == list(range(SETS))


def test_enough_wait_and_some_are_kept_afterwards(sets: ReadySets):
    assert sets.lacks(BPE, PYTHON) == READY
    for seed in range(READY + TAKEN + 2):
        sets.put(BPE, PYTHON, seed, b"x", MOST)
        assert sets.take(BPE, PYTHON) == seed
    (kept,) = sets.status()
    assert (kept.problem, kept.framework, kept.ready, kept.taken) == ("bpe", "python", 0, TAKEN + 1)
    assert sets.path(BPE, PYTHON, READY + TAKEN + 1) is not None, "a seed can be repeated"
    assert sets.path(BPE, PYTHON, 0) is None


def test_where_none_is_ready_the_one_used_longest_ago_will_do_for_who_asks_so(sets: ReadySets):
    for seed in (1, 2):
        sets.put(BPE, PYTHON, seed, b"x", MOST)
        assert sets.take(BPE, PYTHON) == seed
    assert sets.take(BPE, PYTHON) is None
    assert [sets.take(BPE, PYTHON, again=True) for _ in range(4)] == [1, 2, 1, 2]


def test_what_was_used_gives_way_first_and_then_the_oldest(sets: ReadySets):
    half = bytes(1 << 19)
    for seed in range(2):
        sets.put(BPE, PYTHON, seed, half, 1)
    assert sets.take(BPE, PYTHON) is not None
    sets.put(BPE, PYTHON, 2, half, 1)
    (kept,) = sets.status()
    assert (kept.ready, kept.taken) == (2, 0)
    other = find_problem("autograd")
    sets.put(other, other.model, 3, half, 1)
    assert [each.problem for each in sets.status()] == ["autograd", "bpe"]
    sets.put(other, other.model, 4, bytes(2 << 20), 1)
    assert [each.problem for each in sets.status()] == ["autograd", "bpe"], "one that is too large drives nothing out"


def test_sets_of_another_version_go(sets: ReadySets, monkeypatch: pytest.MonkeyPatch):
    sets.put(BPE, PYTHON, 1, b"x", MOST)
    monkeypatch.setattr(Problem, "digest", property(lambda problem: "another"))
    assert sets.take(BPE, PYTHON) is None
    sets.put(BPE, PYTHON, 2, b"x", MOST)
    (kept,) = sets.status()
    assert kept.ready == 1


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_a_folder_that_others_can_write_to_is_not_used(sets: ReadySets, tmp_path: Path):
    sets.put(BPE, PYTHON, 1, b"x", MOST)
    folder = tmp_path / "sets"
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    assert "can be written by others" in sets.refused()
    assert sets.take(BPE, PYTHON) is None
    assert sets.path(BPE, PYTHON, 1) is None


def test_what_a_killed_process_left_half_written_is_cleared_away(sets: ReadySets, tmp_path: Path):
    sets.put(BPE, PYTHON, 1, b"x", MOST)
    (folder,) = (tmp_path / "sets").iterdir()
    old, new = folder / ".0123456789abcdef", folder / ".fedcba9876543210"
    old.write_bytes(b"ha")
    new.write_bytes(b"ha")
    os.utime(old, (0, 0))
    sets.put(BPE, PYTHON, 2, b"x", MOST)
    assert not old.exists()
    assert new.exists(), "somebody may be writing it"


def test_all_of_it_can_be_deleted(sets: ReadySets, tmp_path: Path):
    assert sets.clear() == 0
    sets.put(BPE, PYTHON, 1, bytes(1000), MOST)
    assert sets.clear() == 1000
    assert not (tmp_path / "sets").exists()


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    case_set = CaseSet(BPE, PYTHON, 5, kept=True)
    for _ in case_set.ahead(thorough=True):
        pass
    return encode(case_set)


def changed(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_a_file_holds_what_was_drawn(stored: bytes, tmp_path: Path):
    path = tmp_path / "set"
    path.write_bytes(stored)
    found = read(path)
    assert found is not None
    mine, drawn = StoredCaseSet(BPE, PYTHON, found), CaseSet(BPE, PYTHON, 5)
    assert list(mine.facts) == [check.facts for check in drawn.checks]
    for check in drawn.checks:
        ready, other = mine.prepare(check), drawn.prepare(check)
        assert (ready.count, list(ready.cases)) == (other.count, list(other.cases))
        if not check.timed:
            assert ready.asking.body == other.asking.body


@pytest.mark.parametrize("what", ["cut", "empty", "head", "content", "other mark", "too long"])
def test_a_damaged_file_is_as_one_that_is_not_there(stored: bytes, tmp_path: Path, what: str):
    data = {
        "cut": stored[:-1],
        "empty": b"",
        "head": stored[: HEAD.size - 1],
        "content": changed(stored, len(stored) // 2),
        "other mark": changed(stored, 0),
        "too long": stored + b"x",
    }[what]
    path = tmp_path / "set"
    path.write_bytes(data)
    assert read(path) is None
    assert read(tmp_path / "none") is None


def request(path: Path, problem: Problem, framework: str, seed: int, **more: Any) -> Request:
    settings = Settings(cache_mib=MOST)
    return Request(
        source=path.read_bytes(),
        filename=path.name,
        problem=chosen(problem),
        framework=framework,
        seed=seed,
        settings=settings,
        cost=False,
        **more,
    )


def verdict_of(judge: WarmJudge, asked: Request) -> Verdict:
    return judge.judge(1, asked, lambda event: None).verdict


def lasting(verdict: Verdict) -> Verdict:
    """Without what the clock says."""
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in verdict.checks)
    return msgspec.structs.replace(verdict, seconds=0.0, checks=checks, measured={}, sandbox=None)


PAIRS = [
    (slug, framework, path)
    for slug, framework in (("bpe", "python"), ("lstm", "torch"), ("mlp_backward", "numpy"), ("adam", "torch"))
    for kind in ("right", "wrong")
    for path in sorted((FOLDER / slug / kind).glob("*.py"))[:2]
    if "numpy" not in path.stem or framework == "numpy"
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One who judges with sets from disk, and one who draws all of it."""
    patched = pytest.MonkeyPatch()
    found = []
    for name in ("with", "without"):
        patched.setenv("JUDGE_HOME", str(tmp_path_factory.mktemp(name)))
        found.append(WarmJudge())
    yield found
    patched.undo()
    for each in found:
        each.close()


@pytest.mark.parametrize(
    ("slug", "framework", "path"), PAIRS, ids=[f"{p[0]}-{p[2].parent.name}-{p[2].stem}" for p in PAIRS]
)
def test_a_verdict_is_the_same_with_a_set_from_disk(both: Any, slug: str, framework: str, path: Path):
    with_disk, without = both
    problem = find_problem(slug)
    named = problem.framework(framework)
    if not with_disk._sets.status() or with_disk._sets.path(problem, named, 5) is None:
        case_set = CaseSet(problem, named, 5, kept=True)
        for _ in case_set.ahead(thorough=True):
            pass
        with_disk._sets.put(problem, named, 5, encode(case_set), MOST)
    asked = request(path, problem, framework, 5)
    assert isinstance(with_disk.case_set(problem, named, 5, keep=False), StoredCaseSet)
    assert lasting(verdict_of(with_disk, asked)) == lasting(verdict_of(without, asked))


def test_a_damaged_file_is_deleted_and_the_cases_are_drawn(both: Any, stored: bytes):
    judge, _ = both
    judge._sets.put(BPE, PYTHON, 7, stored[:-1], MOST)
    path = judge._sets.path(BPE, PYTHON, 7)
    assert verdict_of(judge, request(FOLDER / "bpe/right/class_and_regex.py", BPE, "python", 7)).accepted
    assert not path.exists()


def test_enough_are_made_while_nobody_waits_and_then_taken(both: Any):
    judge, _ = both
    for _ in judge.fill(BPE, PYTHON, Settings(cache_mib=MOST)):
        pass
    assert judge._sets.lacks(BPE, PYTHON) == 0
    asked = request(FOLDER / "bpe/right/class_and_regex.py", BPE, "python", 99, any_seed=True)
    first, second = verdict_of(judge, asked), verdict_of(judge, asked)
    assert first.accepted
    assert second.accepted
    assert len({first.seed, second.seed, 99}) == 3
    assert judge._sets.lacks(BPE, PYTHON) > 0


WITHOUT_TORCH = """
import sys
from pathlib import Path
from judge.service.requests import Request, Settings, chosen
from judge.service.warm import WarmJudge
from problems import find_problem
judge, problem = WarmJudge(), find_problem("lstm")
if sys.argv[1] == "make":
    for _ in judge.fill(problem, problem.model, Settings(cache_mib=64)):
        pass
else:
    asked = Request(source=Path(sys.argv[1]).read_bytes(), filename="lstm.py", problem=chosen(problem), framework="torch",
                    settings=Settings(cache_mib=64))
    verdict = judge.judge(1, asked, lambda event: None).verdict
    print(verdict.verdict, "torch" in sys.modules)
judge.close()
"""


def test_a_right_answer_is_judged_without_torch_on_this_side(tmp_path: Path):
    environment = os.environ | {"JUDGE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def said(what: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_TORCH, what], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    said("make")
    assert said(str(FOLDER / "lstm/right/own_class_called_lstm.py")) == "accepted False"
    wrong = sorted((FOLDER / "lstm/wrong").glob("*.py"))[0]
    assert said(str(wrong)).endswith("True")
