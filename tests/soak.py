"""Many runs, one in ten hostile, and nothing may be left: `python -m tests.soak --runs 2000`.

Prints what was left behind, and how the template's memory went; exit status 1 where something was.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import torch

sys.path.insert(0, str(Path(__file__).parent / "sandbox"))

from conformance import Kind, Room, call

from sandbox import Limits, LinuxSandbox
from tests import leftovers
from tests.hostile import HOSTILE

LIMITS = Limits(call_seconds=0.5, run_seconds=2.0, memory_bytes=128 << 20, output_bytes=1 << 14)
HONEST = "import torch\ndef f(x):\n    return (x @ x).softmax(-1)\n"


class Soaked(msgspec.Struct, frozen=True):
    """What came of a soak.

    Attributes:
        left: what there is more of at the end than after the first runs.
        memory: the template's resident bytes, every so many runs.
        wrong: runs that did not end as they had to.
    """

    left: Counter[str]
    memory: list[int]
    wrong: list[str]


def soak(count: int, kind: Kind, *, every: int = 50) -> Soaked:
    """Run `count` runs in one sandbox."""
    torch.set_num_threads(1)
    x = torch.arange(16.0).reshape(4, 4)
    right = (x @ x).softmax(-1)
    names = list(HOSTILE)
    room = Room(kind)
    wrong: list[str] = []
    memory: list[int] = []
    before: Counter[str] = Counter()
    try:
        for number in range(-10, count):
            if number == 0:
                before = leftovers.at_rest(_everything)
            if number >= 0 and number % every == 0:
                memory.append(_memory(room))
            if number % 10 == 9:
                name = names[number // 10 % len(names)]
                run = room.run(HOSTILE[name], [call("f", x)], framework="torch", limits=LIMITS)
                if run.end is None and run.raised is None:
                    wrong.append(f"run {number}, which {name}, went through: {run}")
            else:
                run = room.run(HONEST, [call("f", x)], framework="torch", limits=Limits())
                if run.end is not None or not torch.allclose(run.value, right):
                    wrong.append(f"run {number}, honest: {run}")
        left = leftovers.settled(_everything, before)
        memory.append(_memory(room))
    finally:
        room.close()
    return Soaked(left, memory, wrong)


def _everything() -> Counter[str]:
    return leftovers.look(os.getpid())


def _memory(room: Room) -> int:
    found = leftovers.memory(room.pid("torch") or 0)
    return found.resident if found else 0


def main() -> int:
    """Soak the linux sandbox at the level that holds here."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    given = parser.parse_args()
    begun = time.monotonic()
    result = soak(given.runs, Kind("linux", LinuxSandbox, warm=True, limits_memory=True, walls=True))
    for line in result.wrong:
        print(line)
    print(f"{given.runs} runs in {time.monotonic() - begun:.0f} s")
    for line in leftovers.sentences(result.left) or ["nothing was left over"]:
        print(line)
    print("the template's memory in MiB:", ", ".join(f"{size / (1 << 20):.1f}" for size in result.memory))
    return int(bool(result.wrong or result.left))


if __name__ == "__main__":
    sys.exit(main())
