"""The first process of a container: imports what solutions use, keeps one run confined and ready, serves it once, says how it ended.

It never runs user code. A run is a fork of it and the second process: for the first one, the kernel ignores signals that it sends
itself. Standard input carries one line to the keeper ({"limits": {...}, "token": "..."}), then the run's frames; standard output one
line from the keeper (`_introduce`), then the run's frames; standard error what the run prints, and at its end the keeper's report.
"""

from __future__ import annotations

import json
import os
import select
import sys
import sysconfig
import threading
from typing import Any

from . import system
from . import walls as confinement
from .arrays import np
from .report import REPORT
from .runs import ended, with_traceback
from .template import SizeOfMemory, begin_run, warm

MOST_LINE_BYTES = 4096
FIRST_TO_GO = "1000"  # oom_score_adj, proc(5): where memory runs out the run is ended, and the keeper can say so


def run(mode: str, options: dict[str, Any]) -> None:
    """Keep one run."""
    for name in set(os.environ) - set(options["environment"]):
        del os.environ[name]
    size = SizeOfMemory()
    torch = warm(options)
    mapped = size.bytes()
    readable = [*_standard_library(), *options["sites"]]
    ruleset, without = _ruleset(readable)
    start, give = os.pipe()
    pid = os.fork()
    if pid == 0:
        with_traceback(lambda: _wait(start, ruleset, mapped, torch))
    for descriptor in (start, *([] if ruleset is None else [ruleset])):
        os.close(descriptor)
    threading.Thread(target=_end_with_the_judge, daemon=True).start()
    _introduce(pid, readable, without, torch)
    told = _line()
    os.write(give, json.dumps(told["limits"]).encode())
    os.close(give)
    os.close(1)
    how = ended(pid)
    os.write(2, REPORT.pack(bytes.fromhex(told["token"]), how["status"], how["peak_bytes"], how["cpu_seconds"]))
    os._exit(0)


def _standard_library() -> list[str]:
    return list(dict.fromkeys(os.path.realpath(sysconfig.get_path(which)) for which in ("stdlib", "platstdlib")))


def _ruleset(readable: list[str]) -> tuple[int | None, str]:
    """A descriptor of the Landlock ruleset; where this kernel has no Landlock, None and why."""
    places = confinement.readable_places({"readable": readable})
    try:
        return confinement.ruleset([*places, *confinement.LOADER_FILES, *confinement.PROCESSOR_FILES]), ""
    except system.SystemCallFailed as error:
        return None, str(error)


def _introduce(pid: int, readable: list[str], without: str, torch: Any) -> None:
    """Say that the run waits, and what there is in this container."""
    said = {
        "pid": pid,
        "readable": readable,
        "landlock": without,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "numpy": None if np is None else np.__version__,
        "torch": None if torch is None else str(torch.__version__),
    }
    os.write(1, json.dumps(said).encode() + b"\n")


def _line() -> dict[str, Any]:
    """The judge's line, read byte by byte: what follows is the run's."""
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < MOST_LINE_BYTES:
        part = os.read(0, 1)
        if not part:
            os._exit(0)
        line += part
    told: dict[str, Any] = json.loads(line)
    return told


def _end_with_the_judge() -> None:
    """Thread: end when the judge has closed its end, also by being killed: with the first process all of the container ends."""
    watch = select.poll()
    watch.register(0, 0)  # an end that hangs up is reported always
    watch.poll()
    os._exit(0)


def _wait(start: int, ruleset: int | None, mapped: int | None, torch: Any) -> None:
    """In the run: confine it for good, wait for its limits, serve."""
    kept = (0, 1, 2, start) if ruleset is None else (0, 1, 2, start, ruleset)
    confinement.close_all_but(kept)
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write(FIRST_TO_GO)
    system.drop_capabilities()
    system.process_control(system.PR_SET_NO_NEW_PRIVS, 1)
    system.process_control(system.PR_SET_DUMPABLE, 0)
    if ruleset is not None:
        system.landlock_restrict(ruleset)
        os.close(ruleset)
    confinement.die_with_parent()
    said = os.read(start, MOST_LINE_BYTES)
    os.close(start)
    if not said:
        os._exit(0)
    begin_run([os.dup(0), os.dup(1), os.dup(2)], json.loads(said), mapped, torch, walls=True)
