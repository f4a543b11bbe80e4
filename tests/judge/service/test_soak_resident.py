"""Two hundred submissions to a resident judge leave nothing, and what is left is found; `make soak` hands five thousand in."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from problems.frameworks import PYTHON
from sandbox import Limits, LinuxSandbox, SandboxUnavailable
from tests.soak_resident import MOST_GROWTH_BYTES, Looked, faults, in_turn, sorts

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
ROOT = Path(__file__).resolve().parents[3]
MIB = 1 << 20


def test_ninety_submissions_leave_nothing():
    with LinuxSandbox() as sandbox:
        try:
            sandbox.open(PYTHON, Limits(), None).__exit__()
        except SandboxUnavailable as error:
            pytest.skip(f"the linux sandbox does not work here: {error}")
    command = [sys.executable, "-m", "tests.soak_resident", "--submissions", "90", "--every", "50"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("nothing was left over\n")


def looked(number: int, resident: int, **left: int) -> Looked:
    return Looked(number, Counter(left), {"worker": resident}, {})


def test_memory_that_grows_is_a_fault():
    assert faults([], [looked(40, 0), looked(200, 64 * MIB)]) == ["memory of worker, resident, grew by 64.0 MiB"]
    assert faults([], [looked(40, 100 * MIB), looked(200, 100 * MIB + MOST_GROWTH_BYTES)]) == []


def test_what_was_left_and_what_went_wrong_are_faults():
    looks = [looked(50, MIB), looked(100, MIB, pipe=2), looked(150, MIB, pipe=1, socket=1)]
    assert faults(["it was not judged"], looks) == [
        "it was not judged",
        "from 100 submissions on: 2 more than before: pipe",
        "from 150 submissions on: 1 more than before: socket",
    ]


def test_every_sort_is_there_at_once_and_then_as_often_as_its_share():
    found = sorts()
    turns = [sort.name for _, sort in in_turn(found, len(found) + sum(each.share for each in found))]
    assert turns[: len(found)] == [each.name for each in found]
    assert Counter(turns) == Counter({each.name: each.share + 1 for each in found})
    assert len(set(turns)) == len(found)
