"""Many runs, one in ten hostile, and nothing may be left: `python -m tests.soak --runs 2000`.

Prints what was left behind, and how the template's memory went; exit status 1 where something was.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from pathlib import Path

import msgspec
import torch

sys.path.insert(0, str(Path(__file__).parent / "sandbox"))

from conformance import Kind, Room, call, descendants, descriptors

from sandbox import Limits, LinuxSandbox
from sandbox.clocks import resident_bytes
from sandbox.linux import NOBODY

LIMITS = Limits(call_seconds=0.5, run_seconds=2.0, memory_bytes=128 << 20, output_bytes=1 << 14)
HONEST = "import torch\ndef f(x):\n    return (x @ x).softmax(-1)\n"
HOSTILE = {
    "loops": "def f(x):\n    while True: pass\n",
    "sleeps": "import time\ndef f(x): time.sleep(100)\n",
    "takes memory": "kept = []\ndef f(x):\n    while True: kept.append(bytearray(1 << 20))\n",
    "forks": "import _posixsubprocess, os\ndef f(x):\n    try: os.fork()\n    except OSError: pass\n    while True: os.getpid()\n",
    "starts threads": "import threading, time\ndef f(x):\n    while True: threading.Thread(target=time.sleep, args=(100,)).start()\n",
    "crashes": "import signal\ndef f(x): signal.raise_signal(signal.SIGSEGV)\n",
    "exits": "import os\ndef f(x): os._exit(0)\n",
    "floods": "def f(x):\n    while True: print('x' * 10_000)\n",
    "forges": "import os\ndef f(x):\n    for n in range(3, 100):\n        try: os.write(n, bytes(100))\n        except OSError: pass\n",
    "stops itself": "import signal\ndef f(x): signal.raise_signal(signal.SIGSTOP)\n",
    "closes everything": "import os\ndef f(x): os.closerange(0, 300)\n",
    "recurses": "def f(x): return f(x)\n",
}


class Left(msgspec.Struct, frozen=True):
    """What there is beside the judge itself: processes, descriptors, mounts, files, control groups."""

    processes: int
    descriptors: int
    mounts: int
    files: frozenset[str]
    groups: str


class Soaked(msgspec.Struct, frozen=True):
    """What came of a soak.

    Attributes:
        before: after the first runs.
        after: at the end.
        memory: the template's resident bytes, every so many runs.
        wrong: runs that did not end as they had to.
    """

    before: Left
    after: Left
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
    before: Left | None = None
    try:
        for number in range(-10, count):
            if number == 0:
                before = _left()
            if number >= 0 and number % every == 0:
                memory.append(resident_bytes(room.pid("torch") or 0) or 0)
            if number % 10 == 9:
                name = names[number // 10 % len(names)]
                run = room.run(HOSTILE[name], [call("f", x)], framework="torch", limits=LIMITS)
                if run.end is None and run.raised is None:
                    wrong.append(f"run {number}, which {name}, went through: {run}")
            else:
                run = room.run(HONEST, [call("f", x)], framework="torch", limits=Limits())
                if run.end is not None or not torch.allclose(run.value, right):
                    wrong.append(f"run {number}, honest: {run}")
        assert before is not None
        deadline = time.monotonic() + 10
        while (after := _left()) != before and time.monotonic() < deadline:
            time.sleep(0.05)
        memory.append(resident_bytes(room.pid("torch") or 0) or 0)
    finally:
        room.close()
    return Soaked(before, after, memory, wrong)


def _left() -> Left:
    return Left(
        processes=len(descendants()),
        descriptors=len(descriptors()),
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        files=frozenset(_of_runs("/dev/shm") + _of_runs("/tmp")),
        groups=Path("/proc/self/cgroup").read_text(),
    )


def _of_runs(folder: str) -> list[str]:
    """Files of the user that runs are: of a judge that is root, nobody; others' come and go."""
    owner = NOBODY if os.geteuid() == 0 else -1
    found = []
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        with contextlib.suppress(OSError):
            if os.lstat(os.path.join(folder, name)).st_uid == owner:
                found.append(name)
    return found


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
    print(f"before: {result.before}\nafter:  {result.after}")
    print("the template's memory in MiB:", ", ".join(f"{size / (1 << 20):.1f}" for size in result.memory))
    return int(bool(result.wrong) or result.before != result.after)


if __name__ == "__main__":
    sys.exit(main())
