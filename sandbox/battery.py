"""A short battery of attacks against a sandbox, each decided by what is seen outside it: the proof behind `judge doctor`.

Those marked `around` go around Python's own functions, by machine code of their own; they are for kinds that have walls.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sandbox.answers import End, EndKind, Limits
from sandbox.door import Door
from sandbox.guest.numbers import machine
from sandbox.packages import Equipment

LIMITS = Limits(call_seconds=1.0, run_seconds=5.0, memory_bytes=256 << 20, output_bytes=1 << 16)
SETTLE_SECONDS = 0.2

RAW = '''
import ctypes, mmap
CODE = {
    "x86_64": "4889f8 4889f7 4889d6 4889ca 4d89c2 4d89c8 4c8b4c2408 0f05 c3",
    "aarch64": "e80300aa e00301aa e10302aa e20303aa e30304aa e40305aa e50306aa 010000d4 c0035fd6",
}
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
memory.write(bytes.fromhex(CODE[@MACHINE@]))
raw = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 7)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
kept = []
def at(data):
    """The address of some bytes."""
    kept.append(ctypes.create_string_buffer(bytes(data)))
    return ctypes.addressof(kept[-1])
'''


class Opens(Protocol):
    """What the battery needs of a sandbox."""

    def open(self, framework: Equipment, limits: Limits, torch: Any) -> Door:
        """A fresh run."""

    def spec(self, framework: Equipment) -> dict[str, Any]:
        """What a run must be told of it."""


class Result(msgspec.Struct, frozen=True):
    """One attack: what it tries, whether it was held, and what was seen.

    Attributes:
        name: what it tries, in words that follow "it".
        held: nothing of it was seen outside.
        seen: how the run ended or what got through.
    """

    name: str
    held: bool
    seen: str


class Target(msgspec.Struct):
    """What attacks reach for; all of it is made for them."""

    folder: Path
    secret: str
    tcp: socket.socket
    unix: socket.socket
    decoy: subprocess.Popen[bytes]

    @property
    def shared(self) -> tuple[Path, ...]:
        """Files in the folders that everybody may write to."""
        return tuple(Path(place, f"{self.folder.name}.txt") for place in ("/tmp", "/dev/shm"))

    def values(self) -> dict[str, object]:
        """What stands in an attack's source as @NAME@."""
        return {
            "SECRET": str(self.folder / "secret.txt"),
            "WRITTEN": str(self.folder / "written.txt"),
            "SHARED": tuple(map(str, self.shared)),
            "STARTED": str(self.folder / "started.txt"),
            "PORT": self.tcp.getsockname()[1],
            "UNIX": self.unix.getsockname(),
            "DECOY": self.decoy.pid,
            "ROOT": str(Path(__file__).resolve().parents[1]),
            "PYTHON": sys.executable,
            "MACHINE": machine(),
        }


class Outcome(msgspec.Struct):
    """What came of a run: the value it returned, how it ended, what it printed, how long it took."""

    value: object
    end: End | None
    output: str
    seconds: float


class Attack(msgspec.Struct, frozen=True):
    """An attack: what it tries, its source, and what got through, "" where nothing did."""

    name: str
    source: str
    through: Callable[[Target, Outcome], str]
    around: bool = False


def run_battery(sandbox: Opens, framework: Equipment, *, walls: bool) -> Iterator[Result]:
    """Try every attack that this kind of sandbox promises to hold.

    Args:
        sandbox: it.
        framework: what attacks are written with: NumPy can be imported in its runs.
        walls: it has walls.
    """
    for attack in ATTACKS:
        if attack.around and not walls:
            continue
        with _target() as target:
            outcome = _tried(sandbox, framework, attack, target)
            through = attack.through(target, outcome)
            if not through and target.decoy.poll() is not None:
                through = "another process of yours was ended"
        how = f"{outcome.end.kind}: {outcome.end.message}" if outcome.end else "blocked"
        yield Result(attack.name, not through, through or how)
    yield _honest(sandbox, framework)


def _tried(sandbox: Opens, framework: Equipment, attack: Attack, target: Target) -> Outcome:
    source = attack.source
    for name, value in target.values().items():
        source = source.replace(f"@{name}@", repr(value))
    with sandbox.open(framework, LIMITS, None) as door:
        begun = time.monotonic()
        value = _asked(door, sandbox.spec(framework), source, walls_alone=attack.around)
        seconds = time.monotonic() - begun
    return Outcome(value, door.end, door.output(), seconds)


def _asked(door: Door, told: dict[str, Any], source: str, *, walls_alone: bool = False) -> object:
    """What `attack()` returns. What goes around Python is tried without what Python refuses, so that the walls answer."""
    spec = {"source": source, "filename": "attack.py", "seed": 0, "entry": []}
    spec |= {"forbidden_names": [], "forbidden_operators": [], "forbidden_packages": []} | told
    loaded = door.load(spec | {"guard": spec["guard"] and not walls_alone})
    if loaded.end is not None or loaded.raised is not None:
        return None
    step = {"do": "call", "target": "attack", "args": (), "kwargs": {}, "into": "", "seed": 0, "echo": False}
    (replies,) = door.ask([[step | {"times": 1, "answer": True, "may_raise": False}]])
    return replies[-1].fields.get("value") if replies else None


def _honest(sandbox: Opens, framework: Equipment) -> Result:
    with sandbox.open(framework, LIMITS, None) as door:
        value = _asked(door, sandbox.spec(framework), "def attack(): return 6 * 7\n")
    right = value == 42 and door.end is None
    return Result("after all that, runs an honest answer", right, "right" if right else f"it gave {value!r}")


@contextmanager
def _target() -> Iterator[Target]:
    with (
        tempfile.TemporaryDirectory(prefix="judge-doctor-") as folder,
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        secret = secrets.token_hex(16)
        Path(folder, "secret.txt").write_text(secret)
        os.chmod(folder, 0o777)
        os.chmod(Path(folder, "secret.txt"), 0o666)
        unix.bind("\0judge-doctor-" + secrets.token_hex(8) if sys.platform == "linux" else str(Path(folder, "socket")))
        unix.listen()
        for listener in (tcp, unix):
            listener.setblocking(False)
        decoy = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        target = Target(Path(folder), secret, tcp, unix, decoy)
        try:
            yield target
        finally:
            decoy.kill()
            decoy.wait()
            for path in target.shared:
                path.unlink(missing_ok=True)


def _leaked(target: Target, outcome: Outcome) -> str:
    text = f"{outcome.value!r} {outcome.output}"
    return "the secret was read" if target.secret in text else ""


def _wrote(target: Target, outcome: Outcome) -> str:
    kept = target.folder / "secret.txt"
    same = kept.exists() and kept.read_text() == target.secret
    written = any(path.exists() for path in (target.folder / "written.txt", *target.shared))
    return "a file was changed" if not same or written else ""


def _started(target: Target, outcome: Outcome) -> str:
    time.sleep(SETTLE_SECONDS)
    return "a program was started" if (target.folder / "started.txt").exists() else ""


def _connected(target: Target, outcome: Outcome) -> str:
    for listener, name in ((target.tcp, "the network"), (target.unix, "a Unix socket")):
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            continue
        return f"{name} was reached"
    return ""


def _returned_truth(target: Target, outcome: Outcome) -> str:
    return f"it got {outcome.value!r}"[:200] if outcome.value else ""


def _ended_with(*kinds: EndKind) -> Callable[[Target, Outcome], str]:
    def through(target: Target, outcome: Outcome) -> str:
        if outcome.end is None or outcome.end.kind not in kinds:
            return "it was not ended"
        late = outcome.seconds - LIMITS.run_seconds - 5
        return f"it was ended {late:.1f} s too late" if late > 0 else ""

    return through


def _signalled(target: Target, outcome: Outcome) -> str:
    """Wait a moment: a process that was sent a signal ends a little later."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        target.decoy.wait(0.5)
        return "another process of yours was ended"
    return ""


def _refused_memory(target: Target, outcome: Outcome) -> str:
    if outcome.end is not None:
        return "" if outcome.end.kind is EndKind.MEMORY_LIMIT else f"{outcome.end.kind} in place of memory_limit"
    return "" if outcome.value == "refused" else f"it got {outcome.value!r}"


def _cut(target: Target, outcome: Outcome) -> str:
    return "all of it was kept" if len(outcome.output) > 2 * LIMITS.output_bytes else ""


READ = """
import glob, os
def attack():
    found = []
    for path in (@SECRET@, *glob.glob('/proc/*/environ'), *glob.glob('/proc/*/root' + @SECRET@)):
        for way in (lambda: open(path).read(), lambda: os.read(os.open(path, 0), 9999)):
            try: found.append(way())
            except Exception: pass
    return found
"""
WRITE = """
import os
def attack():
    for path in (@SECRET@, @WRITTEN@, *@SHARED@):
        try: open(path, 'w').write('gotcha')
        except Exception: pass
    for way in (lambda: os.remove(@SECRET@), lambda: os.rename(@SECRET@, @WRITTEN@), lambda: os.link(@SECRET@, @WRITTEN@)):
        try: way()
        except Exception: pass
"""
CONNECT = """
import socket
def attack():
    for family, address in ((socket.AF_INET, ('127.0.0.1', @PORT@)), (socket.AF_UNIX, @UNIX@)):
        try: socket.socket(family).connect(address)
        except Exception: pass
"""
SIGNAL = """
import os, signal
def attack():
    for pid in (@DECOY@, -@DECOY@):  # made for it: were others signalled, a sandbox that fails would take your programs along
        try: os.kill(pid, signal.SIGKILL)
        except Exception: pass
"""
START = """
import os, subprocess
def attack():
    script = 'open(' + repr(@STARTED@) + ', "w")'
    for way in (lambda: subprocess.run([@PYTHON@, '-c', script]), lambda: os.posix_spawn(@PYTHON@, [@PYTHON@, '-c', script], {}),
                lambda: os.fork() or (exec(script), os._exit(0))):
        try: way()
        except Exception: pass
"""
FORGE = """
import os
def attack():
    for number in range(3, 300):
        try: os.write(number, bytes(100))
        except OSError: pass
"""
REFERENCE = """
import gc, importlib, sys, types
sys.path[:0] = [@ROOT@, '.']
def attack():
    found = []
    for name in ('reference.lstm', 'problems.lstm.checks', 'judge.judging.trial'):
        try: found.append(importlib.import_module(name).__name__)
        except Exception: pass
        try: found.append(open(@ROOT@ + '/' + name.replace('.', '/') + '.py').read())
        except Exception: pass
    found += [m.__name__ for m in gc.get_objects() if isinstance(m, types.ModuleType)
              and m.__name__.split('.')[0] in ('reference', 'problems', 'judge', 'hypothesis')]
    return found
"""
LOOP = "import re\ndef attack(): re.match(r'(a+)+$', 'a' * 64 + 'b')\n"
SLEEP = (
    "import time\ndef attack():\n    while True:\n        try: time.sleep(1000)\n        except BaseException: pass\n"
)
MEMORY = """
import mmap
def attack():
    kept = []
    try:
        for n in range(1 << 14):
            kept.append(mmap.mmap(-1, 1 << 20))
            kept[-1].write(bytes(1 << 20))
    except (MemoryError, OSError):
        n = len(kept)
        kept.clear()
        return 'refused' if n < 300 else n
"""
FLOOD = "def attack():\n    for _ in range(1 << 14): print('x' * 1023)\n"
RAW_READ = (
    RAW
    + """
def attack():
    file = raw(@OPENAT@, -100, at(@SECRET@.encode() + b'\\0'), 0, 0, 0, 0)
    room = ctypes.create_string_buffer(100)
    raw(@READ@, file, ctypes.addressof(room), 99, 0, 0, 0)
    return file, room.value
"""
)
RAW_CALLS = (
    RAW
    + """
def attack():
    got = []
    for name, number, args in @CALLS@:
        answer = raw(number, *[at(a) if isinstance(a, bytes) else a for a in args])
        if name == 'clone' and answer == 0: raw(@EXIT@, 0, 0, 0, 0, 0, 0)
        if name == 'shmget' and answer >= 0: raw(@SHMCTL@, answer, 0, 0, 0, 0, 0)  # IPC_RMID: it would outlive the run
        if answer not in (-1, -13, -38): got.append((name, answer))  # EPERM, EACCES, ENOSYS: all else is an answer
    return got
"""
)


def _raw_calls() -> str:
    """System calls that reach out of a process: name, number, arguments."""
    numbers: dict[str, tuple[int, int]] = {  # asm/unistd_64.h, asm-generic/unistd.h
        "socket": (41, 198),
        "socketpair": (53, 199),
        "memfd_create": (319, 279),
        "shmget": (29, 194),
        "io_uring_setup": (425, 425),
        "ptrace": (101, 117),
        "unshare": (272, 97),
        "mount": (165, 40),
        "bpf": (321, 280),
        "userfaultfd": (323, 282),
        "perf_event_open": (298, 241),
        "add_key": (248, 217),
        "pidfd_open": (434, 434),
        "kill": (62, 129),
        "clone": (56, 220),
        "execve": (59, 221),
    }
    args: dict[str, tuple[object, ...]] = {
        "socket": (2, 1, 0, 0, 0, 0),
        "socketpair": (1, 1, 0, bytes(8), 0, 0),
        "memfd_create": (b"x\0", 0, 0, 0, 0, 0),
        "shmget": (0, 4096, 0o1600, 0, 0, 0),
        "io_uring_setup": (1, bytes(120), 0, 0, 0, 0),
        "unshare": (0x10000000, 0, 0, 0, 0, 0),
        "mount": (b"none\0", b"/\0", b"tmpfs\0", 0, 0, 0),
        "pidfd_open": (1, 0, 0, 0, 0, 0),
        "kill": (1, 0, 0, 0, 0, 0),
        "clone": (0,) * 6,  # no SIGCHLD at the child's end: it would stop the parent, which asked to be traced
        "execve": (b"/judge-doctor/nothing\0", 0, 0, 0, 0, 0),
    }
    here = 0 if machine() == "x86_64" else 1
    return repr([(name, number[here], args.get(name, (0,) * 6)) for name, number in numbers.items()])


def _with_numbers(source: str) -> str:
    here = 0 if machine() == "x86_64" else 1
    for name, numbers in {"OPENAT": (257, 56), "READ": (0, 63), "EXIT": (231, 94), "SHMCTL": (31, 195)}.items():
        source = source.replace(f"@{name}@", str(numbers[here]))
    return source.replace("@CALLS@", _raw_calls())


ATTACKS = (
    Attack("reads a secret file and other processes' environments", READ, _leaked),
    Attack("writes, removes and renames files", WRITE, _wrote),
    Attack("connects to the network and to Unix sockets", CONNECT, _connected),
    Attack("signals other processes", SIGNAL, _signalled),
    Attack("starts a program", START, _started),
    Attack("looks for the reference and the checks", REFERENCE, _returned_truth),
    Attack("forges answers on every descriptor", FORGE, _ended_with(EndKind.VIOLATION)),
    Attack("loops in C without letting go of the interpreter", LOOP, _ended_with(EndKind.TIME_LIMIT)),
    Attack("sleeps and catches everything", SLEEP, _ended_with(EndKind.TIME_LIMIT)),
    Attack("takes 16 GiB in shared mappings", MEMORY, _refused_memory),
    Attack("prints 16 MiB", FLOOD, _cut),
    Attack("reads the secret by machine code", _with_numbers(RAW_READ), _leaked, around=True),
    Attack("asks the kernel for 16 ways out, by machine code", _with_numbers(RAW_CALLS), _returned_truth, around=True),
)
