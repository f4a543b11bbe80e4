"""The template: a process that imports what solutions use, once, and forks a fresh process for each run. It never runs user code.

It says first behind which walls it stands ({"level": "full", "why": ""}, or {"refused": why} and it ends), then that it is ready.
Requests come over a Unix socket, one JSON line each, descriptors beside them:

    {"do": "start", "limits": {...}} + 3 descriptors    ->  {"pid": 123}     a fork serves these: frames in, frames out, output
    {"do": "reap", "pid": 123}                          ->  {"status": 9, "cpu_seconds": 0.1, "peak_bytes": 1}
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import linecache
import os
import select
import socket
import sys
import tempfile
import warnings
from typing import Any

from . import confining, system
from . import walls as confinement
from .agent import Agent, Channel
from .reopened import HOME, NOTHING, Reopened, start_anew
from .runs import Confined, Forks, NotStarted, Runs
from .trying import NoWalls, Unreachable, WallsFailed
from .walls import Walls
from .wire import OUT_OF_MEMORY

WARM_MODULES = (
    *("bisect", "collections", "dataclasses", "enum", "functools", "heapq", "itertools", "math", "operator", "random"),
    *("re", "typing", "warnings"),
)

# Modules whose source torch.jit.script may read while user code runs: kept in linecache, where what is forbidden is blanked.
READ_BY_TORCH = (
    "torch.nn.functional",
    "torch.nn.modules.activation",
    "torch.nn.modules.rnn",
    "torch.nn.modules.transformer",
    "torch._decomp.decompositions",
)


def run(mode: str, options: dict[str, Any]) -> None:
    """Serve as the template, or as a single run."""
    if mode == "template":
        _serve_template(socket.socket(fileno=options["control"]), options)
        return
    torch = warm(options)
    reading, writing = os.dup(0), os.dup(1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    warnings.simplefilter("ignore")
    limit(options["limits"], _mapped_bytes())
    os.write(writing, b"+")  # ready: from now on time counts
    _serve_run(reading, writing, torch, NOTHING)


def warm(options: dict[str, Any]) -> Any:
    """Warm up; what is there by then is left alone by the garbage collector, so that forks share its memory.

    Args:
        options: `imports`, what to import, in this order; `optional`, what of it may be missing.
    """
    torch = _warm_up(options["imports"], frozenset(options["optional"]))
    confining.prepare(torch)
    gc.collect()
    gc.freeze()
    return torch


def _warm_up(imports: list[str], optional: frozenset[str]) -> Any:
    """Import what solutions use and touch it once, so that the first call costs what the tenth does; returns torch or None.

    What is not named is not loaded, so that it can't be reached: for plain Python that is next to nothing.
    """
    for name in WARM_MODULES:
        importlib.import_module(name)
    if imports:
        # Folders that are there and known: libraries try them out while they are imported, by making or writing them, where not.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.path.sep
        tempfile.tempdir = os.path.join(os.path.sep, "tmp")
    for name in imports:
        with contextlib.suppress(*[ImportError] if name in optional else []):
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                if name in optional:
                    raise
                raise SystemExit(
                    f"{error} where {name} is imported for every solution: install it there, "
                    "or mend `imports` in the pack's frameworks.toml"
                ) from error
            TOUCHES.get(name, lambda: None)()
    return sys.modules.get("torch")


def _touch_numpy() -> None:
    numpy = importlib.import_module("numpy")
    numpy.random.default_rng(0).normal(size=(4, 4)) @ numpy.ones((4, 4))


def _touch_torch() -> None:
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    x = torch.ones(2, 3, 4)
    torch.einsum("bij,bkj->bik", x, x).softmax(-1)
    torch.nn.Linear(4, 4)(x).exp().sum()
    torch.default_generator.manual_seed(0)
    # No backward pass here: torch refuses one in a fork of a process that has had one.
    for name in (
        "torch.nn.functional",
        "torch.func",
        "torch.nn.attention.flex_attention",
        "torch.nn.quantizable",
        "torch.nested._internal.sdpa",
        "torch.onnx",
    ):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name in READ_BY_TORCH:
        linecache.getlines(getattr(sys.modules.get(name), "__file__", None) or "")


TOUCHES = {"numpy": _touch_numpy, "torch": _touch_torch}


def _serve_template(control: socket.socket, options: dict[str, Any]) -> None:
    size = SizeOfMemory()
    walls: Walls | None = None
    reopened = Reopened({})
    if options["walls"]:
        try:
            walls = _walls(options)
        except NoWalls as error:
            _answer(control, {"refused": str(error)})
            return
        except WallsFailed as error:
            _answer(control, {"failed": str(error)})
            return
        reopened = Reopened(options["walls"].get("reopened", {}))
    _answer(control, {"level": walls.level if walls else "none", "why": walls.why if walls else ""})
    torch = warm(options)
    sys.stdout.flush()

    def serve(descriptors: list[int], limits: dict[str, Any]) -> None:
        begin_run(descriptors, limits, mapped, torch, walls=walls is not None, reopened=reopened)

    mapped = size.bytes()
    runs: Runs = Confined(walls, serve) if walls else Forks(control, serve)
    get_ready(runs)
    _answer(control, {"ready": os.getpid()})
    while True:
        if not select.select([control], [], [], 0)[0] and get_ready(runs):
            continue
        data, descriptors, _, _ = socket.recv_fds(control, 65536, 3)
        if not data:
            os._exit(0)
        request = json.loads(data)
        if request["do"] == "start":
            _answer(control, _started(runs, descriptors, request["limits"]))
        else:
            _answer(control, runs.reap(request["pid"]))


def get_ready(runs: Runs) -> bool:
    """Prepare the next run, where that can be done ahead. Whether there was anything to prepare."""
    try:
        return runs.get_ready()
    except NotStarted:  # whoever asks for a run meets it again, and is told why
        return False


def _started(runs: Runs, descriptors: list[int], limits: dict[str, Any]) -> dict[str, Any]:
    """Start a run; what to answer."""
    try:
        return {"pid": runs.start(descriptors, limits)}
    except NotStarted as error:
        return {"failed": str(error)}
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _walls(options: dict[str, Any]) -> Walls:
    """Enter the walls; or replace this process by one that reaches its interpreter where the user of runs may not go.

    Raises:
        NoWalls: the system refuses them.
        WallsFailed: whether they hold could not be found out.
    """
    os.environ.pop(HOME, None)
    try:
        return confinement.enter(options["walls"])
    except Unreachable as error:
        if os.geteuid() != 0 or "reopened" in options["walls"]:
            raise
        start_anew(options, error.whys)
        raise


def _answer(control: socket.socket, reply: dict[str, Any]) -> None:
    control.sendall(json.dumps(reply).encode() + b"\n")


def begin_run(
    descriptors: list[int],
    limits: dict[str, Any],
    mapped: int | None,
    torch: Any,
    *,
    walls: bool,
    reopened: Reopened = NOTHING,
) -> None:
    """In the run: a session of its own, its own descriptors and limits, the last wall, then the solution.

    Args:
        descriptors: frames in, frames out, output.
        limits: as `limit` reads them.
        mapped: bytes of address space before the solution came; None where unknown.
        torch: the module, or None.
        walls: it stands behind walls: the last of them is to be closed.
        reopened: folders of packages that it reaches by descriptors.
    """
    os.setsid()
    reading, writing, output = descriptors
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    warnings.simplefilter("ignore")
    if not walls and sys.platform.startswith("linux"):
        system.end_with_parent()
    limit(limits, mapped)
    if walls:
        confinement.seal()
    _serve_run(reading, writing, torch, reopened)


def _serve_run(reading: int, writing: int, torch: Any, reopened: Reopened) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # what was printed before a hang is seen
    try:
        Agent(Channel(reading, writing, torch), reopened).serve()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def limit(limits: dict[str, Any], mapped: int | None) -> None:
    """Set this process's resource limits (setrlimit(2)).

    Args:
        limits: seconds; bytes of memory on top of what is mapped; processes of this user at once, where they are limited.
        mapped: bytes of address space now; None where the system does not tell: memory is not limited then.

    Raises:
        LimitTooLow: the system grants less.
    """
    try:
        import resource
    except ImportError:
        return  # Windows: the judge watches from outside
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 256,
    }
    if "processes" in limits:
        wanted |= {
            "RLIMIT_NPROC": limits["processes"],
            "RLIMIT_MEMLOCK": 0,
            "RLIMIT_MSGQUEUE": 0,
            "RLIMIT_NICE": 0,
            "RLIMIT_RTPRIO": 0,
        }
    if mapped is not None:
        wanted["RLIMIT_AS"] = mapped + limits["memory_bytes"]
    for name, value in wanted.items():
        which = getattr(resource, name, None)
        if which is None:
            continue
        hard = resource.getrlimit(which)[1]
        if hard == resource.RLIM_INFINITY or value < hard:
            resource.setrlimit(which, (value, value))
        elif name == "RLIMIT_AS" and value > hard:
            raise LimitTooLow(
                f"the limit on address space here, {hard >> 20:,} MiB (ulimit -v), leaves a run less than the "
                f"{limits['memory_bytes'] >> 20:,} MiB of memory that it is granted: raise that limit, or set memory_mib lower"
            )
    seconds = int(limits["run_seconds"]) + 5
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard == resource.RLIM_INFINITY or seconds < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))  # the soft limit's signal says why it ended
    else:
        raise LimitTooLow(
            f"the limit on CPU time here, {hard} s (ulimit -t), leaves a run less than the {seconds} s that it is granted: "
            "raise that limit, or set run_seconds lower"
        )


class LimitTooLow(Exception):
    """A limit of the system leaves runs less than they are granted, so that a right answer could be rejected for it."""


class SizeOfMemory:
    """Bytes of address space of this process, asked for later: behind walls there is no /proc to open (proc(5))."""

    def __init__(self) -> None:
        self._statm: int | None = None
        with contextlib.suppress(OSError):
            self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)

    def bytes(self) -> int | None:
        """By now; None where the system does not tell."""
        if self._statm is None:
            return None
        pages = int(os.pread(self._statm, 200, 0).split()[0])
        os.close(self._statm)
        return pages * os.sysconf("SC_PAGE_SIZE")


def _mapped_bytes() -> int | None:
    return SizeOfMemory().bytes()
