"""Times the docker sandbox: a ready container, a run on a warm one, runs faster than the pool refills, the memory that the pool holds.

`python benchmarks/containers.py --runs 20`, with an engine that has this version's image (`judge sandbox status`).
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

import torch
from sandboxes import LIMITS, ask, line, spec, timed, trips

from problems.frameworks import NUMPY, TORCH, Framework
from sandbox import DockerSandbox, SandboxUnavailable


def cold(sandbox: DockerSandbox, framework: Framework, count: int) -> None:
    """A container for each submission, as `docker run` would: made, started, torch imported, ended, removed."""
    starts, ends = [], []
    for _ in range(count):
        begun = time.perf_counter()
        container = sandbox.make(framework)
        container.wait()
        starts.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        container.drop()
        container.kill()
        container.remove()
        ends.append(time.perf_counter() - begun)
    line(f"container made, started and warm ({framework.name})", starts)
    line("   ended and removed", ends)


def runs(sandbox: DockerSandbox, count: int, *, full: bool) -> None:
    """Runs one after the other: start, first answer, end, and all three."""
    small, told = torch.ones(4, 4), spec(sandbox)
    starts, answers, ends, wholes = [], [], [], []
    for _ in range(count):
        if full:
            sandbox.settle()
        start, door = timed(lambda: sandbox.open(TORCH, LIMITS, torch))
        answer, _ = timed(lambda door=door: (door.load(told), ask(door, "f", small)))
        end, _ = timed(door.close)
        for kept, seconds in zip(
            (starts, answers, ends, wholes), (start, answer, end, start + answer + end), strict=True
        ):
            kept.append(seconds)
    line(f"run starts ({'pool full' if full else 'at once: the pool refills'})", starts)
    line("   file loaded, first matmul answered", answers)
    line("   ended", ends)
    line("   all of it", wholes)


def memory(sandbox: DockerSandbox) -> None:
    """What waiting containers hold, as their control groups count it."""
    sandbox.settle()
    sizes = []
    for container in sandbox.waiting():
        stats: dict[str, Any] = sandbox.engine.client.stats(container.identity, stream=False)["memory_stats"]
        files = stats["stats"].get("total_inactive_file", stats["stats"].get("inactive_file", 0))
        sizes.append((container.framework.name, (stats["usage"] - files) / (1 << 20)))
    for name, size in sorted(sizes):
        print(f"  {f'memory of a waiting container ({name})':52}{size:8.0f} MiB")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    given = parser.parse_args()
    torch.set_num_threads(1)
    try:
        DockerSandbox().close()
    except SandboxUnavailable as error:
        print(f"docker: {error}")
        return
    print(f"milliseconds{'':46}p50      p90   (load {os.getloadavg()[0]:.1f})")
    begun = time.perf_counter()
    with DockerSandbox() as sandbox:
        sandbox.spec(TORCH)
        line("first container ready, engine looked up", [time.perf_counter() - begun])
        sandbox.spec(NUMPY)
        memory(sandbox)
        runs(sandbox, given.runs, full=True)
        runs(sandbox, given.runs, full=False)
        sandbox.settle()
        trips(sandbox, given.runs)
    with DockerSandbox(waiting=0) as sandbox:
        for framework in (NUMPY, TORCH):
            cold(sandbox, framework, max(3, given.runs // 4))


if __name__ == "__main__":
    main()
