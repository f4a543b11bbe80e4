"""A pool of judges in asyncio: many files at once, and what becomes of them where something ends or is given up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import judge

ROOT = Path(__file__).parents[3]
SHAPE = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    return x\n"
LOOP = "def lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    while True: pass\n"
CRASH = "import os\ndef lstm(x, h0, c0, w_ih, w_hh, b_ih, b_hh):\n    os.abort()\n"
BRIEF = {"effort": "verdict"}


def pool(jobs: int = 2) -> judge.Pool:
    return judge.Pool(jobs, own_code=True, call_seconds=2.0)


@pytest.fixture(autouse=True)
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """Stands in the environment of all that a test starts: other tests, in other processes, start the same."""
    found = f"mark-{os.getpid()}-{time.monotonic_ns()}"
    monkeypatch.setenv("MARK_OF_A_TEST", found)
    return found


def below(mark: str) -> set[int]:
    """Processes that a test has started, and theirs."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if mark.encode() in path.read_bytes() and int(path.parent.name) != os.getpid():
                found.add(int(path.parent.name))
    return found


def require_none_below(mark: str) -> None:
    until = time.monotonic() + 20
    while below(mark) and time.monotonic() < until:
        time.sleep(0.1)
    assert below(mark) == set()


def require_threads(number: int) -> None:
    """The thread in which asyncio waits for a process ends a moment after it has said that the process did."""
    until = time.monotonic() + 20
    while threading.active_count() > number and time.monotonic() < until:
        time.sleep(0.01)
    assert threading.active_count() == number, threading.enumerate()


def test_many_files_get_their_verdicts_in_their_order_and_nothing_is_left(mark: str) -> None:
    threads = threading.active_count()

    async def main() -> list[judge.Verdict]:
        async with pool() as judges:
            files = [LOOP if n == 5 else CRASH if n == 9 else f"{SHAPE}# {n}\n" for n in range(24)]
            return [verdict async for verdict in judges.map(files, "lstm", **BRIEF)]

    found = asyncio.run(main())
    kinds = [verdict.kind for verdict in found]
    assert kinds[5] == "time_limit"
    assert kinds[9] == "runtime_error"
    assert {kind for n, kind in enumerate(kinds) if n not in (5, 9)} == {"wrong_shape"}
    assert {verdict.reward for verdict in found} == {0.0}
    assert len({verdict.seed for verdict in found}) == 1, "a seed is shared, and renewed after many"
    require_none_below(mark)
    require_threads(threads)


def test_the_verdict_is_told_before_its_explanation() -> None:
    async def both() -> tuple[list[judge.Verdict], judge.Verdict]:
        told: list[judge.Verdict] = []
        async with judge.Pool(jobs=1, own_code=True) as pool:
            return told, await pool.grade(SHAPE, "lstm", seed=1, on_decision=told.append)

    told, verdict = asyncio.run(both())
    assert [each.kind for each in told] == [verdict.kind] == ["wrong_shape"]
    assert told[0].data["diagnosis"] is None
    assert verdict.data["diagnosis"] is not None


def test_a_pool_finds_out_the_kind_alone_where_nothing_more_is_asked_for() -> None:
    async def both() -> list[judge.Verdict]:
        async with judge.Pool(jobs=1, own_code=True) as pool:
            return [await pool.grade(SHAPE, "lstm", seed=1), await pool.grade(SHAPE, "lstm", seed=1, effort="full")]

    brief, full = asyncio.run(both())
    assert [each.data["effort"] for each in (brief, full)] == ["verdict", "full"]
    assert brief.kind == full.kind == "wrong_shape"
    assert brief.data["diagnosis"] is None


def test_files_are_read_as_they_can_be_judged() -> None:
    taken = []

    async def endless() -> AsyncIterator[str]:
        for n in range(10_000):
            taken.append(n)
            yield f"{SHAPE}# {n}\n"

    async def main() -> None:
        async with pool() as judges:
            verdicts = judges.map(endless(), "lstm", **BRIEF)
            for _ in range(5):
                await anext(verdicts)
            await verdicts.aclose()  # type: ignore[attr-defined]

    asyncio.run(main())
    assert len(taken) < 40


def test_cancelled_await_cancels_the_judging_and_a_time_out_is_no_verdict() -> None:
    async def main() -> None:
        async with pool(1) as judges:
            await judges.grade(SHAPE, "lstm")
            task = asyncio.create_task(judges.grade(LOOP.replace("while True", "while 1"), "lstm"))
            await asyncio.sleep(0.3)
            begun = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            late = await judges.grade(LOOP, "lstm", timeout=0.5)
            assert (late.kind, late.reward) == ("internal_error", None)
            assert (await judges.grade(SHAPE, "lstm")).kind == "wrong_shape"
            assert time.monotonic() - begun < 60

    asyncio.run(main())


def test_child_that_is_killed_costs_no_verdict() -> None:
    async def main() -> None:
        async with pool(1) as judges:
            assert (await judges.grade(SHAPE, "lstm")).kind == "wrong_shape"
            assert judges._child is not None
            task = asyncio.create_task(judges.grade(f"import time\ntime.sleep(1)\n{SHAPE}", "lstm"))
            await asyncio.sleep(0.3)
            os.kill(judges._child.pid, signal.SIGKILL)
            assert (await task).kind == "wrong_shape"

    asyncio.run(main())


def test_wrong_call_raises_and_the_pool_goes_on() -> None:
    async def main() -> None:
        async with pool(1) as judges:
            with pytest.raises(judge.UsageError, match="no problem called"):
                await judges.grade(SHAPE, "nothing")
            assert (await judges.grade(SHAPE, "lstm", **BRIEF)).kind == "wrong_shape"
        with pytest.raises(RuntimeError, match="async with"):
            await judges.grade(SHAPE, "lstm")

    asyncio.run(main())
    with pytest.raises(ValueError, match="jobs"):
        judge.Pool(0)


def test_leaving_the_pool_ends_what_waits_and_begins_nothing(mark: str) -> None:
    async def main() -> None:
        async with pool(1) as judges:
            tasks = [asyncio.create_task(judges.grade(LOOP, "lstm")) for _ in range(8)]
            await asyncio.sleep(0.5)
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(each) for each in found} == {asyncio.CancelledError}

    asyncio.run(main())
    require_none_below(mark)


def test_pool_that_is_given_up_while_it_starts_leaves_nothing(mark: str) -> None:
    async def main() -> None:
        judges = pool(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):  # an interpreter takes longer than that to start
                await judges.__aenter__()
        async with judges:  # and it can be opened again
            assert (await judges.grade(SHAPE, "lstm", **BRIEF)).kind == "wrong_shape"

    asyncio.run(main())
    require_none_below(mark)


def test_seed_that_is_none_is_refused_and_disturbs_nobody() -> None:
    async def main() -> None:
        async with pool(1) as judges:
            for seed in (-1, 2**63, 1.5, True):
                with pytest.raises(judge.UsageError, match="a seed is a whole number"):
                    await judges.grade(SHAPE, "lstm", seed=seed)  # type: ignore[arg-type]
            assert (await judges.grade(SHAPE, "lstm", seed=2**63 - 1)).seed == 2**63 - 1

    asyncio.run(main())


def test_judge_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text("sandbox = 7\n")
    monkeypatch.setenv("JUDGE_HOME", str(home))

    async def main() -> None:
        async with pool(1):
            pass

    with pytest.raises(judge.JudgeFailed, match=r"config\.toml"):
        asyncio.run(main())


def test_interruption_in_the_middle_leaves_nothing(tmp_path: Path, mark: str) -> None:
    program = f"""
import asyncio, judge
async def main():
    async with judge.Pool(2, own_code=True) as pool:
        print("ready", flush=True)
        async for verdict in pool.map([{LOOP!r} + f"# {{n}}" for n in range(50)], "lstm"):
            pass
asyncio.run(main())
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(2.0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
    require_none_below(mark)
