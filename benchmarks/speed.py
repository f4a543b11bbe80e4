"""Speed as a person meets it, side by side in one run: medians with their spread, and ratios rather than seconds.

`make bench`, or `python benchmarks/speed.py --repeats 50 --batch 300`. A cold run, with cases that are ready and without; one with the
resident judge, and the first word that it says; the processor time of the client; from save to verdict in `judge watch`: all beside
`python -c "import torch"`. And a batch with one job and with two, with either effort, beside a loop of `judge run`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import queue
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from judge.service.resident_judge import ask_status, ask_stop

JUDGE = [sys.executable, "-m", "judge"]
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
WRONG, RIGHT = EXAMPLES / "attention.py", EXAMPLES / "attention_corrected.py"
SECONDS = 600.0
READY_SECONDS = 10.0  # in which the resident judge has drawn the cases of the next runs
PAUSE_SECONDS = 3.0  # a person changes something between two runs; meanwhile the resident judge draws the next cases


class Bench:
    """Measures in a folder of its own."""

    def __init__(self, home: Path, sandbox: str) -> None:
        self.home = home
        self.options = ["--sandbox", sandbox]
        kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("JUDGE_")}
        self.environment = {**kept, "JUDGE_HOME": str(home)}

    def seconds(self, command: list[str]) -> float:
        """Wall time of a whole process."""
        begun = time.perf_counter()
        done = subprocess.run(command, env=self.environment, capture_output=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return time.perf_counter() - begun

    def cold(self, command: list[str], *, ready: bool) -> float:
        """The same, where cases were drawn before, or none are kept."""
        if ready:
            self.seconds([*JUDGE, "prepare", "attention"])
            return self.seconds(command)
        self.seconds([*JUDGE, "cache", "clear"])
        return self.seconds(command)

    def first_word(self, command: list[str]) -> float:
        """Wall time until a line is on standard error: what fails is said there before the report."""
        begun = time.perf_counter()
        with subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            line = process.stderr.readline()
            said = time.perf_counter() - begun
            process.stderr.read()
        assert " in " in line, line
        return said

    def cpu_seconds(self, command: list[str]) -> float:
        """Processor time of a process and its children that it waits for."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds(command)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def torch(self, repeats: int) -> float:
        """The median of importing torch."""
        times = [self.seconds([sys.executable, "-c", "import torch"]) for _ in range(repeats)]
        row('python -c "import torch"', times)
        return statistics.median(times)

    def runs(self, repeats: int, cold: int, beside: float) -> None:
        """`judge run`, with nothing left behind and with the resident judge."""
        for ready in (False, True):
            for file in (WRONG, RIGHT):
                command = [*JUDGE, "run", str(file), *self.options, "--no-server"]
                words = "cases ready" if ready else "nothing in the cache"
                row(f"cold, {words}: {file.name}", [self.cold(command, ready=ready) for _ in range(cold)], beside)
        self.seconds([*JUDGE, "run", str(WRONG), *self.options])
        until = time.monotonic() + SECONDS
        while (status := ask_status(self.home / "server")) is None or not status.ready:
            assert time.monotonic() < until
            time.sleep(0.1)
        time.sleep(READY_SECONDS)
        for pause, words in ((PAUSE_SECONDS, "after a pause"), (0.0, "at once again")):
            for file in (WRONG, RIGHT):
                command = [*JUDGE, "run", str(file), *self.options]
                times = []
                for _ in range(repeats):
                    time.sleep(pause)
                    times.append(self.seconds(command))
                row(f"resident, {words}: {file.name}", times, beside)
        command = [*JUDGE, "run", str(WRONG), *self.options]
        row("resident, to the first word of a rejection", [self.first_word(command) for _ in range(repeats)], beside)
        bare = [self.cpu_seconds([sys.executable, "-c", "pass"]) for _ in range(repeats)]
        row("processor time of a bare Python", bare, beside)
        row("processor time of the client", [self.cpu_seconds(command) for _ in range(repeats)], beside)
        status = ask_status(self.home / "server")
        assert status is not None
        print(f"the resident judge judged {status.judged}, and has {status.resident_bytes / (1 << 20):.0f} MiB")
        ask_stop(self.home / "server")

    def batch(self, count: int, loop: int) -> None:
        """Submissions a minute, each with another source; beside one `judge run` after the other."""
        folder = self.home / "class"
        folder.mkdir()
        for number in range(count):
            file = (WRONG, RIGHT)[number % 2]
            (folder / f"attention_{number:04}.py").write_text(f"{file.read_text()}\n# {number}\n")
        files = sorted(folder.iterdir())[:loop]
        alone = (
            60
            * loop
            / sum(
                self.seconds([*JUDGE, "run", str(file), "--no-server", *self.options, "--problem", "attention"])
                for file in files
            )
        )
        print(f"{'judge run in a loop':44} {alone:7.1f} a minute ({loop} of them)", flush=True)
        for effort, jobs in itertools.product(("full", "verdict"), (1, 2)):
            out = self.home / f"{effort}_{jobs}.jsonl"
            command = [*JUDGE, "batch", str(folder), "--problem", "attention", "--jobs", str(jobs), "--out", str(out)]
            rate = 60 * count / self.seconds([*command, "--effort", effort, *self.options])
            name = f"judge batch --jobs {jobs} --effort {effort}"
            print(f"{name:44} {rate:7.1f} a minute ({rate / alone:.1f} x the loop)", flush=True)

    def watch(self, repeats: int, beside: float) -> None:
        """From save to verdict, with a pause between saves in which the next cases are drawn."""
        file = self.home / "attention.py"
        file.write_text(WRONG.read_text())
        process = subprocess.Popen(
            [*JUDGE, "watch", str(file), *self.options],
            env={**self.environment, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        heads: queue.SimpleQueue[tuple[float, bool]] = queue.SimpleQueue()
        threading.Thread(target=_heads, args=(process, heads), daemon=True).start()
        try:
            while not heads.get(timeout=SECONDS)[1]:
                pass
            for source in (WRONG, RIGHT):
                first, whole = [], []
                for number in range(repeats):
                    time.sleep(3)
                    text = f"{source.read_text()}\n# {number}\n"
                    begun = time.perf_counter()
                    file.write_text(text)
                    at, complete = heads.get(timeout=SECONDS)
                    first.append(at - begun)
                    while not complete:
                        at, complete = heads.get(timeout=SECONDS)
                    whole.append(at - begun)
                row(f"watch, save to verdict: {source.name}", first, beside)
                row(f"watch, save to report: {source.name}", whole, beside)
        finally:
            process.terminate()
            process.wait()


def _heads(process: subprocess.Popen[str], heads: queue.SimpleQueue[tuple[float, bool]]) -> None:
    """Thread: when a verdict is said, and whether it begins the whole report, whose first line has a dash and is also its last."""
    assert process.stdout is not None
    headline = ""
    for line in process.stdout:
        if line.startswith("attention.py: ") and line != headline:
            heads.put((time.perf_counter(), " — " in line))
            headline = line if " — " in line and "accepted" not in line else ""
        elif line == headline:
            headline = ""


def row(name: str, times: list[float], beside: float | None = None) -> None:
    """Print p50, p95, least and most, and the ratio of the median to another."""
    ordered = sorted(times)
    middle, late = statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    ratio = f"   {middle / beside:6.2f} x import torch" if beside else ""
    spread = f"p95 {late:.3f}, {ordered[0]:.3f} to {ordered[-1]:.3f}, n {len(ordered)}"
    print(f"{name:44} {middle:7.3f} s  ({spread}){ratio}", flush=True)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--cold", type=int, default=20)
    parser.add_argument("--batch", type=int, default=300)
    parser.add_argument("--loop", type=int, default=20)
    parser.add_argument("--sandbox", default="auto")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {load:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), given.sandbox)
        beside = bench.torch(given.cold)
        bench.runs(given.repeats, given.cold, beside)
        bench.watch(given.cold, beside)
        if given.batch:
            bench.batch(given.batch, given.loop)


if __name__ == "__main__":
    main()
