"""Thirty kills of the judge's processes come to nothing, and what comes of them is seen; `make soak` does three hundred."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from judge.verdict import Kind, SandboxUsed, Verdict, to_json
from problems.frameworks import PYTHON
from sandbox import Limits, LinuxSandbox, SandboxUnavailable
from tests.kills import processes
from tests.kills.answers import Came, Weights, worst
from tests.kills.files import Reach, mix
from tests.kills.plans import LIVES, planned
from tests.kills.records import Begun, State, Tried, figures
from tests.kills.trial import Record

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
ROOT = Path(__file__).resolve().parents[2]
FILES = mix(Reach(Path("/nowhere"), "secret"))
PART = 10  # each part judges every file once before it begins


def kills(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.kills", "--quick", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def require_walls() -> None:
    with LinuxSandbox() as sandbox:
        try:
            sandbox.open(PYTHON, Limits(), None).__exit__()
        except SandboxUnavailable as error:
            pytest.skip(f"the linux sandbox does not work here: {error}")


@pytest.mark.parametrize("first", range(0, 30, PART))
def test_kills_at_random_moments_come_to_nothing(first: int):
    require_walls()
    done = kills("--first", str(first), "--count", str(PART), "--every", str(PART))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{PART} trials, 0 with faults" in done.stdout


def test_runs_without_walls_are_seen():
    done = kills("--first", "0", "--count", "1", "--sandbox", "process")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "FAULT: a file ran without walls: it has left its mark" in done.stdout
    assert "it ran in process" in done.stdout


LEAVES = """
import subprocess, sys, tempfile
from pathlib import Path
from tests import leftovers
from tests.kills.room import Room
leftovers.adopt_orphans()
made = Room(Path(tempfile.mkdtemp()), settle_seconds=0.5)
subprocess.run(["/bin/sh", "-c", "sleep 100 &"], check=True)
(made.folder / "tmp" / "left").write_text("")
print(made.faults())
print(made.faults())
made.close()
"""


def test_what_is_left_over_is_seen_once_and_taken_away():
    done = subprocess.run([sys.executable, "-c", LEAVES], cwd=ROOT, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert "left over: the process sleep: sleep 100" in first
    assert "left over: the temporary file left" in first
    assert second == "[]"


def test_every_process_of_a_sandbox_has_a_role():
    require_walls()
    with LinuxSandbox() as sandbox, sandbox.open(PYTHON, Limits(), None) as door:
        wanted = {"template", "run", "spare run"}
        if sandbox.level == "full":
            wanted |= {"keeper", "keeper of the spare run"}
        door.load({**sandbox.spec(PYTHON), **BLANK})
        until = time.monotonic() + 20
        while True:
            found = processes.below(os.getpid())
            named = set(processes.roles(found, command=0).values())
            if wanted <= named or time.monotonic() > until:
                break
            time.sleep(0.02)
        assert wanted <= named
        assert processes.roles(found, command=min(found))[min(found)] == "command"


BLANK = {
    "source": "",
    "filename": "blank.py",
    "seed": 0,
    "entry": [],
    "forbidden_names": [],
    "forbidden_operators": [],
    "forbidden_packages": [],
}


def test_a_process_is_killed_once_and_no_other_one_in_its_place():
    child = subprocess.Popen(["sleep", "100"])
    found = processes.below(os.getpid())[child.pid]
    assert not processes.kill(replace(found, began=found.began + 1))
    assert child.poll() is None
    assert processes.kill(found)
    assert child.wait() == -9
    assert not processes.kill(found)


def verdict(kind: Kind = Kind.ACCEPTED, **fields: object) -> Verdict:
    usual = {"problem": "beam_search", "framework": "python", "seed": 7, "seconds": 0.5, "headline": "it is so"}
    return Verdict(**{**usual, "verdict": kind, "sandbox": SandboxUsed(kind="linux", level="full"), **fields})  # type: ignore[arg-type]


def test_verdict_that_a_file_has_not_earned_is_wrong():
    weights = Weights(FILES, {})
    right, exits = FILES["right"], FILES["exits"]
    assert weights.weigh(right, verdict()).came is Came.RIGHT
    assert weights.weigh(right, verdict(Kind.RUNTIME_ERROR)).fault == (
        "right: runtime_error (it is so) in place of accepted"
    )
    assert weights.weigh(exits, verdict()).came is Came.WRONG
    assert weights.weigh(exits, verdict(Kind.RUNTIME_ERROR)).came is Came.RIGHT
    assert weights.words(exits, "runtime error").came is Came.RIGHT
    assert weights.words(exits, "accepted").came is Came.WRONG
    failed = verdict(Kind.INTERNAL_ERROR, error="the sandbox does not start")
    assert weights.weigh(right, failed).came is Came.REFUSED
    assert weights.weigh(right, replace(failed, error=None)).came is Came.WRONG


def test_weaker_walls_are_wrong():
    weights = Weights(FILES, {})
    for level, came in (("full", Came.RIGHT), ("reduced", Came.WRONG), ("full", Came.RIGHT)):
        used = SandboxUsed(kind="linux", level=level)
        assert weights.weigh(FILES["right"], verdict(sandbox=used)).came is came
    used = SandboxUsed(kind="process", level="none")
    assert weights.weigh(FILES["right"], verdict(sandbox=used)).fault == "right: it ran in process"


def test_verdict_with_another_content_than_usual_is_wrong():
    weights = Weights(FILES, {"right": to_json(verdict(output="this"))})
    assert weights.weigh(FILES["right"], verdict(output="this", seconds=9.0)).came is Came.RIGHT
    assert "output is 'that' in place of 'this'" in weights.weigh(FILES["right"], verdict(output="that")).fault
    assert weights.weigh(FILES["right"], verdict(output="that", seed=8)).came is Came.RIGHT


def test_worst_of_what_came_counts():
    weights = Weights(FILES, {})
    right = weights.weigh(FILES["right"], verdict())
    refused = weights.weigh(FILES["right"], verdict(Kind.INTERNAL_ERROR, error="why"))
    wrong = weights.weigh(FILES["right"], verdict(Kind.TIME_LIMIT))
    assert [worst(each) for each in ([], [right], [right, refused], [wrong, refused])] == [
        Came.NONE,
        Came.RIGHT,
        Came.REFUSED,
        Came.WRONG,
    ]


def record(number: int, *killed: str) -> Record:
    return Record(plan=replace(planned(3, number, FILES), templates=0), killed=killed, came=Came.RIGHT)


def test_interrupted_session_goes_on_where_it_was(tmp_path: Path):
    path = tmp_path / "state.jsonl"
    state = State(path, 3)
    for each in (Begun(3, "/nowhere"), Tried(record(0, "run")), Tried(record(1, "template"))):
        state.add(each)
    path.write_bytes(path.read_bytes()[:-20])  # killed in the middle of a line
    again = State(path, None)
    assert (again.seed, again.folder) == (3, Path("/nowhere"))
    assert again.records == [record(0, "run")]
    again.add(Tried(record(1, "worker")))
    assert State(path, 3).records == [record(0, "run"), record(1, "worker")]
    with pytest.raises(ValueError, match="with the seed 3"):
        State(path, 4)


def test_trials_follow_from_seed_and_number():
    plans = [planned(0, number, FILES) for number in range(200)]
    assert plans == [planned(0, number, FILES) for number in range(200)]
    assert {each.command for each in plans[: len(LIVES)]} == set(LIVES)
    assert {name for each in plans for name in each.files} == set(FILES)
    parts = [each.moment / LIVES[each.command] for each in plans]
    assert min(parts) < 0.05
    assert max(parts) > 0.95
    assert plans[0].draw().random() == plans[0].draw().random() != plans[1].draw().random()


def test_figures_are_by_command_and_by_what_was_killed():
    lines = figures([record(0, "run"), record(8, "run"), record(3)]).splitlines()
    assert [line.split() for line in lines] == [
        ["command", "killed", "trials", "right", "refused", "none", "wrong", "faulty"],
        ["run", "run", "2", "2"],
        ["watch", "nothing:", "it", "had", "ended", "1", "1"],
        ["all", "3", "3"],
    ]
