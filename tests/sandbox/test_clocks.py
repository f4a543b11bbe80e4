"""Time and memory read from outside a process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sandbox.clocks import counted_between, cpu_between, mark, resident_bytes

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells all of this")


@pytest.fixture
def busy() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        time.sleep(0.05)
        yield process.pid
        process.kill()


@pytest.fixture
def asleep() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"]) as process:
        for _ in range(100):
            time.sleep(0.02)
            with open(f"/proc/{process.pid}/wchan") as wchan:
                if "sleep" in wchan.read():
                    break
        yield process.pid
        process.kill()


def test_work_counts(busy: int) -> None:
    before = mark(busy)
    time.sleep(0.3)
    after = mark(busy)
    cpu = cpu_between(before, after)
    assert cpu is not None
    assert 0 < cpu <= 0.4
    assert counted_between(before, after) >= cpu


def test_sleep_counts_though_it_costs_nothing(asleep: int) -> None:
    before = mark(asleep)
    time.sleep(0.2)
    after = mark(asleep)
    cpu = cpu_between(before, after)
    assert cpu is not None
    assert cpu < 0.1
    assert counted_between(before, after) >= 0.1


def test_a_process_that_is_gone_has_no_cpu_time() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        before = mark(process.pid)
    assert cpu_between(before, mark(process.pid)) is None
    assert resident_bytes(process.pid) is None


def test_resident_memory_is_told() -> None:
    before = resident_bytes(os.getpid())
    kept = bytearray(64 << 20)
    after = resident_bytes(os.getpid())
    assert before is not None
    assert after is not None
    assert after - before > 32 << 20
    assert len(kept) == 64 << 20
