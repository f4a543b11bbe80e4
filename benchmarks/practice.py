"""Times a lesson, as the person sees it: from a save to the first word of the verdict, and to the whole of it.

`python benchmarks/practice.py --saves 50`. A file is saved again and again, wrong and right in turn, in a session with everything
warm; the save is found by the system's own notice, judged in a process that stays warm, and kept in a database before it counts.
Seconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from judge.console import Streams
from judge.practice.clock import SystemClock, local
from judge.practice.events import FirstFailureShown, Judged, Mode, Setup, Task
from judge.practice.view import View
from judge.records import Log, Store, begin_session
from judge.service.requests import Request, Settings, chosen
from judge.service.waiting import judged
from judge.service.worker_judge import WorkerJudge
from judge.terminal.front import Lines
from judge.terminal.pages import Pages
from judge.terminal.session_loop import SessionLoop
from judge.terminal.tools import Left, Tools
from problems import Problem, find_problem

sys.path.insert(0, str(Path(__file__).resolve().parent))
from judging import WRONG


class Saver(Lines):
    """Saves, waits for the verdict, and saves again.

    Args:
        file: to save.
        sources: what to save, in turn.
        pause: seconds between a verdict and the next save, as a person needs them.
    """

    def __init__(self, file: Path, sources: Iterator[str], pause: float) -> None:
        super().__init__(lambda text: None, None)
        self.log: Log | None = None
        self.first: list[float] = []
        self.whole: list[float] = []
        self._file = file
        self._sources = sources
        self._pause = pause
        self._saved = 0.0
        self._seen = 0
        self._next = time.perf_counter() + 15.0  # what is prepared ahead is prepared by then

    def say(self, text: str) -> None:
        """Something stands on the screen: what was it?"""
        assert self.log is not None
        now = time.perf_counter()
        for entry in self.log.entries[self._seen :]:
            if isinstance(entry.event, FirstFailureShown):
                self.first.append(now - self._saved)
            if isinstance(entry.event, Judged):
                self.whole.append(now - self._saved)
                self._next = now + self._pause
        self._seen = len(self.log.entries)

    def status(self, view: View) -> None:
        """The session has nothing better to do: is it time for the next save?"""
        if time.perf_counter() < self._next:
            return
        source = next(self._sources, None)
        if source is None:
            raise Left
        self._next = float("inf")
        self._saved = time.perf_counter()
        self._file.write_text(source)


def lesson(problem: Problem, sources: Iterator[str], pause: float, sandbox: str) -> Saver:
    """One session with these saves."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{problem.slug}.py"
        file.write_text("")
        task = Task(problem=problem.slug, name=problem.slug, framework="torch", file=str(file), minutes=60.0)
        setup = Setup(mode=Mode.LEARN, tasks=(task,), minutes=60.0, seed=7, sandbox=sandbox)
        streams = Streams(out=None, err=None, answers=None, environment={}, now=lambda: datetime.now(UTC))

        with Store(Path(folder) / "judge.db", now=lambda: datetime.now(UTC), warn=sys.exit) as store:
            saver = Saver(file, sources, pause)
            saver.log = begin_session(store, setup, SystemClock().read())
            pages = Pages(setup, streams, hints="ladder", local=local)
            tools = Tools(
                store=store,
                clock=SystemClock(),
                front=saver,
                pages=pages,
                judge=WorkerJudge(),
                settings=Settings(sandbox=sandbox),
                local=local,
                edit=None,
            )
            try:
                SessionLoop(saver.log, tools).run()
            except Left:
                return saver
            raise AssertionError("an accepted save ended the session")


def wrong_sources(problem: Problem, saves: int) -> Iterator[str]:
    """Wrong answers, none the same as the one before."""
    old, new = WRONG[problem.slug]
    wrong = problem.solution.replace(old, new)
    assert wrong != problem.solution, problem.slug
    for number in range(saves):
        yield f"{wrong}\n# {number}\n"


def accepted_seconds(problem: Problem, saves: int, pause: float, sandbox: str) -> list[float]:
    """Right answers end a session: each is saved in one of its own, judged by one warm process."""
    settings, found = Settings(sandbox=sandbox), chosen(problem)
    judge = WorkerJudge()
    times = []
    try:
        judge.prepare(found, "torch", 7, settings)
        time.sleep(15.0)  # what is prepared ahead is prepared by then
        for number in range(saves):
            time.sleep(pause)
            source = f"{problem.solution}\n# {number}\n".encode()
            request = Request(
                source=source,
                filename="x.py",
                problem=found,
                framework="torch",
                seed=7,
                settings=settings,
                keep=True,
                first_word=True,
            )
            begun = time.perf_counter()
            verdict = judged(judge, request).verdict
            times.append(time.perf_counter() - begun)
            assert verdict.accepted
    finally:
        judge.close()
    return times


def row(name: str, times: list[float]) -> None:
    """Print median and 95th percentile."""
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f"{name:56} {len(times):4}   {statistics.median(times):6.3f} s   {last:6.3f} s", flush=True)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=50)
    parser.add_argument("--pause", type=float, default=0.3, help="seconds between a verdict and the next save")
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("problems", nargs="*", default=["multi_head_attention"])
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {load:.1f}")
    print(f"{'':56} {'':>4}   {'p50':>8}   {'p95':>8}")
    for name in options.problems:
        problem = find_problem(name)
        sources = itertools.islice(wrong_sources(problem, options.saves), options.saves)
        found = lesson(problem, sources, options.pause, options.sandbox)
        row(f"{problem.slug}, wrong: save to the verdict", found.first)
        row(f"{problem.slug}, wrong: save to the smallest input and mistake", found.whole)
        times = accepted_seconds(problem, options.saves, options.pause, options.sandbox)
        row(f"{problem.slug}, right: to the verdict", times)


if __name__ == "__main__":
    main()
