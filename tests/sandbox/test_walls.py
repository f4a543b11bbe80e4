"""The walls of the linux sandbox by themselves: without the audit hook, against machine code, and seen from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conformance import QUICK, Kind, Room, call, descendants, honest, why_not
from test_conformance_attacks import HERE, REFUSED, ROOT

from problems.frameworks import NUMPY, Framework
from sandbox import Asking, DockerSandbox, EndKind, LinuxSandbox, ProcessSandbox
from sandbox.battery import ATTACKS, RAW, run_battery
from sandbox.guest import numbers, seccomp, system
from sandbox.guest.numbers import machine
from sandbox.guest.walls import MOST_THREADS, MOST_THREADS_BESIDE

LEVELS = ("full", "reduced")


class WithoutHook(LinuxSandbox):
    """Nothing but the walls."""

    def spec(self, framework: Framework) -> dict[str, Any]:
        """Without the guard."""
        return super().spec(framework) | {"guard": False}


class ContainerWithoutHook(DockerSandbox):
    """Nothing but the container and the walls within it."""

    def spec(self, framework: Framework) -> dict[str, Any]:
        """Without the guard."""
        return super().spec(framework) | {"guard": False}


class Open(ProcessSandbox):
    """Nothing at all."""

    def spec(self, framework: Framework) -> dict[str, Any]:
        """Without the guard."""
        return super().spec(framework) | {"guard": False}


@pytest.fixture(scope="module", params=(*LEVELS, "docker"))
def walls(request: pytest.FixtureRequest) -> Iterator[Room]:
    """The linux sandbox at each level and the docker sandbox, without the hook."""
    kind = Kind(f"walls-{request.param}", partial(WithoutHook, [request.param]), True, True, True)
    if request.param == "docker":
        kind = Kind("docker", ContainerWithoutHook, False, True, True)
    if reason := why_not(kind):
        pytest.skip(f"this level does not hold here: {reason}")
    room = Room(kind)
    yield room
    room.close()


of_templates = pytest.mark.parametrize(
    "walls", LEVELS, indirect=True
)  # what containers have instead is in test_docker.py


def raw(body: str) -> str:
    """A file whose f() may call the kernel by machine code: `raw(number, ...)` with six arguments."""
    return RAW.replace("@MACHINE@", repr(machine())) + body


NOT_AN_EXCEPTION = {
    "a command of a shell": 0,  # os.system answers with a status
    "a pipe to a command": None,
    "a native library": None,  # its functions are there, and bound by the same walls
    "raw memory": None,
    "a higher limit": None,
}


@pytest.mark.parametrize("name", sorted(set(REFUSED) - set(NOT_AN_EXCEPTION)))
def test_what_the_hook_refuses_the_walls_refuse_as_well(walls: Room, name: str) -> None:
    run = walls.run(f"def f():\n    {REFUSED[name]}\n    return 1\n")
    assert run.end is None, run.end
    assert run.raised is not None
    assert not Path("/tmp/left").exists()
    assert not walls.kind.warm or honest(walls, "numpy")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_each_attack_of_the_doctor_works_where_nothing_holds_it(attack: Any) -> None:
    from sandbox import battery

    with Open() as sandbox, battery._target() as target:
        outcome = battery._tried(sandbox, NUMPY, attack, target)
        through = attack.through(target, outcome)
        ended = target.decoy.poll() is not None
    harmless = {"forges answers", "loops in C", "sleeps and", "takes 16 GiB", "prints 16"}
    if attack.name.startswith(tuple(harmless)):
        assert not through  # limits and the door hold these everywhere; the naive judge of tests/attacks does not
    else:
        assert through or ended
    assert not any(path.exists() for path in target.shared)


def test_a_process_that_ends_a_little_after_its_signal_is_seen_by_the_doctor() -> None:
    from sandbox import battery

    nothing = battery.Outcome(None, None, "", 0.0)
    with battery._target() as target:
        assert not battery._signalled(target, nothing)
        late = threading.Timer(0.1, target.decoy.kill)
        late.start()
        assert battery._signalled(target, nothing) == "another process of yours was ended"
        late.join()


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_that_is_written_where_everybody_may_is_seen_by_the_doctor_and_removed(place: int) -> None:
    from sandbox import battery

    with battery._target() as target:
        path = target.shared[place]
        assert not battery._wrote(target, battery.Outcome(None, None, "", 0.0))
        path.write_text("gotcha")
        assert battery._wrote(target, battery.Outcome(None, None, "", 0.0))
    assert not path.exists()


def test_the_walls_alone_hold_the_doctors_battery(walls: Room) -> None:
    results = list(run_battery(walls.sandbox, NUMPY, walls=True))
    assert [result for result in results if not result.held] == []
    assert len(results) == len(ATTACKS) + 1


def test_every_call_that_is_not_named_is_refused(walls: Room) -> None:
    architecture = machine()
    named = [*seccomp.ALLOWED, *seccomp.TO_ITSELF, *seccomp.TO_ITSELF_OR_ZERO, *seccomp.COMMANDS, "clone"]
    skipped = {numbers.number(name, architecture) for name in named}
    if architecture == "x86_64":
        skipped |= {335, 336}  # uretprobe and uprobe: the kernel lets them past every filter, and ends who has no probe
    asked = [n for n in range(600) if n not in skipped]
    run = walls.run(raw(f"def f(): return [(n, raw(n, 0, 0, 0, 0, 0, 0)) for n in {asked}]\n"))
    assert run.end is None, run.end
    answers = dict(run.value)
    assert len(answers) == len(asked) > 300
    assert set(answers.values()) == {-seccomp.EPERM, -seccomp.ENOSYS}
    beyond = {n for n, answer in answers.items() if answer == -seccomp.ENOSYS}
    assert beyond == {n for n in asked if n >= numbers.NEWEST} | {numbers.number("clone3", architecture)}


# Signals of number 0, which do nothing: a wall that fails must not end whoever runs this.
CALLS = {
    "a signal to the first process": ("kill", (1, 0)),
    "a signal to every process": ("kill", (-1, 0)),
    "a signal to its group": ("kill", (0, 0)),
    "a signal to a thread of another": ("tgkill", (1, 1, 0)),
    "a queued signal": ("rt_sigqueueinfo", (1, 0, 0)),
    "limits of another process": ("prlimit64", (1, 7, 0, 0)),
    "processors of another process": ("sched_setaffinity", (1, 8, 0)),
    "a fork": ("clone", (17, 0, 0, 0, 0)),
    "a fork into namespaces": ("clone", (0x10000011, 0, 0, 0, 0)),
    "clone3": ("clone3", (0, 88)),
    "outliving its parent": ("prctl", (1, 0)),
    "being traced": ("prctl", (0x59616D61, -1)),
    "being readable": ("prctl", (4, 1)),
    "typing into a terminal": ("ioctl", (1, 0x5412, 0)),
    "signals to others by a file": ("fcntl", (1, 8, 1)),
    "what of a file is in memory, by reading": ("preadv2", (0, 0, 0, 0, 0, 8)),
    "what of a file is in memory": ("mincore", (0, 0, 0)),
    "a file brought into memory": ("readahead", (0, 0, 4096)),
    "a file put out of memory": ("fadvise64", (0, 0, 0, 4)),
    "pages put out of memory": ("madvise", (0, 0, 21)),
    "pages brought into memory": ("madvise", (0, 0, 22)),
    "pages soon needed": ("madvise", (0, 0, 3)),
    "how often it waited for the disk": ("getrusage", (0, 0)),
    "a namespace": ("unshare", (0x10000000,)),
    "a mount": ("mount", (0, 0, 0, 0, 0)),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_reaches_out_is_refused(walls: Room, name: str) -> None:
    call_name, given = CALLS[name]
    number = numbers.number(call_name, machine())
    args = [number, *given, *[0] * (6 - len(given))]
    run = walls.run(raw(f"def f(): return raw(*{args})\n"))
    assert run.end is None
    assert run.value in (-seccomp.EPERM, -seccomp.ENOSYS)


def test_its_own_process_it_may_signal_and_read_the_limits_of(walls: Room) -> None:
    source = """
import os, resource, signal
def f():
    got = []
    signal.signal(signal.SIGUSR1, lambda *args: got.append(1))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    return len(got), resource.getrlimit(resource.RLIMIT_NOFILE), resource.prlimit(os.getpid(), resource.RLIMIT_CORE)
"""
    assert walls.run(source).value == (2, (256, 256), (0, 0))


# All of them end in a SIGKILL that nobody has sent from outside: the judge would take it for a fault of the system's and try again.
ENDS_OF_ITS_OWN = {
    "a timer that kills": """
    event = bytearray(64)
    event[8] = 9  # struct sigevent: the signal; and it goes to the process (SIGEV_SIGNAL)
    timer = ctypes.c_int()
    got = raw(@timer_create@, 0, at(event), ctypes.addressof(timer), 0, 0, 0)
    raw(@timer_settime@, timer.value, 0, at(bytes(24) + (1000).to_bytes(8, 'little')), 0, 0, 0)
    time.sleep(0.2)
    return got
""",
    "a limit on CPU time": """
    got = raw(@setrlimit@, 0, at((1).to_bytes(8, 'little') * 2), 0, 0, 0, 0)
    while got == 0: pass
    return got
""",
    "a limit on its own CPU time": """
    got = raw(@prlimit64@, 0, 0, at((1).to_bytes(8, 'little') * 2), 0, 0, 0)
    while got == 0: pass
    return got
""",
    "a limit on CPU time above the first half of memory": """
    address = raw(@mmap@, 1 << 32, 4096, 3, 0x32, -1, 0)  # MAP_FIXED: the low half of this pointer is 0
    ctypes.memmove(address, (1).to_bytes(8, 'little') * 2, 16)
    got = raw(@prlimit64@, 0, 0, address, 0, 0, 0)
    while got == 0: pass
    return got
""",
}


@pytest.mark.parametrize("name", ENDS_OF_ITS_OWN)
def test_it_can_not_be_killed_by_its_own_doing(walls: Room, name: str) -> None:
    body = ENDS_OF_ITS_OWN[name]
    for called in ("timer_create", "timer_settime", "setrlimit", "prlimit64", "mmap"):
        body = body.replace(f"@{called}@", str(numbers.number(called, machine())))
    run = walls.run(raw(f"import time\ndef f():{body}"), limits=QUICK)
    assert run.end is None
    assert run.value == -seccomp.EPERM


@pytest.mark.skipif(machine() != "x86_64", reason="only x86-64 has other calling conventions beside its own")
@pytest.mark.parametrize("how", ["cd80", "x32"])
def test_a_foreign_calling_convention_ends_the_run(walls: Room, how: str) -> None:
    if how == "cd80":  # int 0x80: the numbers of i386, by which 20 is getpid
        body = "CODE['x86_64'] = 'b814000000 cd80 c3'\n"
        source = raw("def f(): return raw(0, 0, 0, 0, 0, 0, 0)\n").replace("memory = mmap", body + "memory = mmap")
    else:
        source = raw("def f(): return raw(0x40000000 + 39, 0, 0, 0, 0, 0, 0)\n")
    run = walls.run(source)
    assert run.ended is EndKind.VIOLATION


def test_it_has_no_rights_and_can_gain_none(walls: Room) -> None:
    number = numbers.number("capget", machine())
    source = raw(f"""
import os
def f():
    header = (0x20080522).to_bytes(4, 'little') + bytes(4)
    room = ctypes.create_string_buffer(24)
    answer = raw({number}, at(header), ctypes.addressof(room), 0, 0, 0, 0)
    bounding = [raw({numbers.number("prctl", machine())}, 23, n, 0, 0, 0, 0) for n in range(40)]
    no_new = raw({numbers.number("prctl", machine())}, 39, 0, 0, 0, 0, 0)
    return answer, room.raw, sum(bounding), no_new, os.getresuid(), os.getgroups()
""")
    answer, rights, bounding, no_new, users, _ = walls.run(source).value
    assert (answer, rights, no_new) == (0, bytes(24), 1)
    assert bounding == 0 or walls.sandbox.level == "reduced"  # an ordinary user's bounding set gives nobody anything
    assert len(set(users)) == 1
    # Where no other user is mapped, root keeps its id, which is an ordinary user's outside (user_namespaces(7)).
    assert users[0] != 0 or Path("/proc/self/uid_map").read_text().split()[1:] not in (
        ["0", "1"],
        ["0", str(2**32 - 1)],
    )


def test_what_can_be_read_is_libraries_and_nothing_can_be_written(walls: Room) -> None:
    source = """
import os
def f():
    read, written = [], []
    for folder, folders, names in os.walk('/'):
        if folder.startswith('/proc') or folder.startswith('/sys'): folders.clear(); continue
        for name in names:
            path = os.path.join(folder, name)
            if name.endswith(('.py', '.so', '.pyc', '.txt')) and len(read) > 20000: continue
            try: os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)); read.append(path)
            except OSError: pass
        for path in (folder + '/left', *[os.path.join(folder, name) for name in names[:1]]):
            try: os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK)); written.append(path)
            except OSError: pass
    return sorted({'/'.join(path.split('/')[:3]) for path in read}), written, [p for p in read if 'judge' in p or 'reference/' in p][:5]
"""
    run = walls.run(source)
    assert run.raised is None, run.raised
    read, written, own = run.value
    assert own == []
    assert set(written) <= {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/full", "/dev/tty"}
    assert not any(path.startswith(("/home", "/tmp", "/var", "/etc/passwd", "/etc/shadow")) for path in read)


@pytest.mark.parametrize(
    "path", [HERE, ROOT / "reference" / "lstm.py", "/etc/passwd", "/proc/self/environ", "/proc/1/mem"]
)
def test_a_file_can_not_be_read_by_machine_code(walls: Room, path: Path | str) -> None:
    number = numbers.number("openat", machine())
    run = walls.run(raw(f"def f(): return raw({number}, -100, at({str(path)!r}.encode()), 0, 0, 0, 0)\n"))
    assert run.value < 0


def test_the_masked_folder_of_packages_holds_only_what_may_be_imported(walls: Room) -> None:
    source = """
import glob, os, sys
def f():
    found = []
    for place in {os.path.dirname(os.path.dirname(sys.modules['numpy'].__file__)), *[p + '/site-packages' for p in sys.path]}:
        for name in ('pip/__init__.py', 'hypothesis/__init__.py', 'pytest/__init__.py', 'msgspec/__init__.py', 'rich/__init__.py'):
            try: found.append(open(os.path.join(place, name)).name)
            except OSError: pass
    return found
"""
    assert walls.run(source).value == []


def _of_run(room: Room) -> tuple[Any, int]:
    door = room.door()
    door.load(room.spec("def f(): return 1\n"))
    return door, door._running.pid


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may look into another user's process")
@of_templates
def test_namespaces_and_descriptors_seen_from_outside(walls: Room) -> None:
    door, pid = _of_run(walls)
    with door:
        try:
            links = {name: os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}
        except PermissionError:
            pytest.skip("this root may not look into other processes: it lacks CAP_SYS_PTRACE")
        kinds = ("user", "pid", "mnt", "net", "ipc", "uts", "cgroup")
        other = {n for n in kinds if os.readlink(f"/proc/{pid}/ns/{n}") != os.readlink(f"/proc/self/ns/{n}")}
        status = Path(f"/proc/{pid}/status").read_text()
    libraries = {
        os.path.realpath(sys.base_prefix),
        *map(str, walls.sandbox.spec(NUMPY)["sites"]),
    }  # held where root alone may go there
    held = sorted(
        link.split(":")[0] for link in links.values() if link not in libraries or walls.sandbox.level == "full"
    )
    assert held == ["/dev/null", "pipe", "pipe", "pipe", "pipe"]
    assert other == (set(kinds) if walls.sandbox.level == "full" else set())
    assert "Seccomp:\t2" in status
    assert "NoNewPrivs:\t1" in status
    assert "CapEff:\t0000000000000000" in status
    assert "CapPrm:\t0000000000000000" in status


@of_templates
def test_a_run_that_is_stopped_from_outside_is_a_time_limit(walls: Room) -> None:
    from sandbox import Limits

    limits = Limits(call_seconds=1.0, run_seconds=5.0)
    with walls.door(limits=limits) as door:
        door.load(walls.spec("import time\ndef f():\n    while True: time.sleep(0.01)\n"))
        door.post(Asking.of([[call()]], None))
        os.kill(door._running.pid, signal.SIGSTOP)
        begun = time.monotonic()
        door.collect()
    assert door.end is not None
    assert door.end.kind is EndKind.TIME_LIMIT
    assert time.monotonic() - begun < 8


@of_templates
def test_when_the_template_is_killed_its_runs_end(walls: Room) -> None:
    other = Room(walls.kind)
    try:
        door, pid = _of_run(other)
        template = other.pid("numpy")
        assert template is not None
        os.kill(template, signal.SIGKILL)
        _require_gone({pid})
        door.close()
    finally:
        other.close()


@of_templates
def test_when_the_judge_is_killed_nothing_is_left(walls: Room) -> None:
    script = f"""
import sys, time
sys.path[:0] = [{str(ROOT)!r}, {str(HERE.parent)!r}]
from problems.frameworks import NUMPY
from sandbox import LinuxSandbox, Limits
sandbox = LinuxSandbox([{walls.kind.name.removeprefix("walls-")!r}])
door = sandbox.open(NUMPY, Limits(), None)
print(door._running.pid, flush=True)
time.sleep(60)
"""
    before = descendants()
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as judge:
        assert judge.stdout is not None
        run = int(judge.stdout.readline())
        started = descendants() - before
        assert run in started
        judge.kill()
    _require_gone(started)


def _require_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 10
    while (left := {pid for pid in pids if _lives(pid)}) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == set()


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False


def test_threads_are_limited_and_counted_alone(walls: Room) -> None:
    source = """
import threading
stop = threading.Event()
def f():
    threading.stack_size(1 << 16)
    started = 0
    try:
        for _ in range(100_000):
            threading.Thread(target=stop.wait).start()
            started += 1
    except RuntimeError:
        return started
"""
    # At the lower level the user's other threads count too, and those that were there when the run began may have ended since.
    others = 0 if walls.sandbox.level == "full" else 100 + sum(1 for _ in Path("/proc").glob("[0-9]*/task/[0-9]*"))
    run = walls.run(source, limits=QUICK)
    most = MOST_THREADS if walls.sandbox.level == "full" else MOST_THREADS_BESIDE + others
    assert run.end is None
    assert 50 < run.value < most


def test_a_refused_layer_is_said_and_not_silent() -> None:
    from sandbox import SandboxUnavailable

    sandbox = LinuxSandbox(())
    with sandbox, pytest.raises(SandboxUnavailable, match="the linux sandbox can't be had here"):
        sandbox.open(NUMPY, QUICK, None)


def test_a_failed_call_names_itself() -> None:
    with pytest.raises(system.SystemCallFailed, match=r"move_mount: .*(EBADF|EPERM)"):
        system.move_mount(999, "/")


def test_filters_are_made_for_both_architectures() -> None:
    for architecture in numbers.MACHINES:
        program = seccomp.program(7, architecture)
        assert len(program) % 8 == 0
        assert 100 < len(program) // 8 < 4096
        lines = [program[at : at + 8] for at in range(0, len(program), 8)]
        for place, line in enumerate(lines):  # every jump ends within the program, which ends by refusing
            assert place + 1 + max(line[2], line[3]) < len(lines) or line[0] == 0x06
        assert lines[-1][4:] == (seccomp.ERRNO | seccomp.EPERM).to_bytes(4, "little")
