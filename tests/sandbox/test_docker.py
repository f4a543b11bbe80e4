"""The docker sandbox by itself: what its containers are made with, what becomes of them, and what is said where something is missing."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conformance import KINDS, QUICK, Room, call, honest, why_not

from problems.frameworks import NUMPY, TORCH, Framework
from sandbox import Asking, DockerSandbox, EndKind, Limits, SandboxUnavailable, step_by_step
from sandbox import image as images
from sandbox.containers import Container
from sandbox.engine import OURS, connect
from sandbox.guest import numbers, seccomp
from sandbox.housekeeping import look
from sandbox.owner import Owner
from sandbox.profile import OF_THE_KEEPER, profile

DOCKER = next(kind for kind in KINDS if kind.name == "docker")
NOWHERE = "unix:///nowhere/docker.sock"


@pytest.fixture
def failed_connections() -> Iterator[None]:
    """The docker package leaves the socket of a failed connection to the garbage collector, which must find it here."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def docker() -> Iterator[Room]:
    """The sandbox."""
    if reason := why_not(DOCKER):
        pytest.skip(f"the sandbox docker does not work here: {reason}")
    room = Room(DOCKER)
    yield room
    room.close()


@contextlib.contextmanager
def another(kind: type[DockerSandbox] = DockerSandbox) -> Iterator[Room]:
    """One more, which nothing is left of."""
    room = Room(DOCKER)
    room.sandbox.close()
    room.sandbox = kind()
    try:
        yield room
    finally:
        room.close()
        with contextlib.closing(connect()) as engine:
            assert [each for each in engine.containers() if each["Labels"][OURS] == room.sandbox.owner.name] == []


def inspected(room: Room) -> dict[str, Any]:
    """What the engine knows of a waiting container."""
    room.sandbox.prepare(NUMPY)
    room.sandbox.settle()
    container = next(iter(room.sandbox._everything))
    found: dict[str, Any] = room.sandbox.engine.container(container.identity)
    return found


def test_a_container_is_given_nothing_that_a_run_does_not_need(docker: Room) -> None:
    found = inspected(docker)
    host, config = found["HostConfig"], found["Config"]
    assert (host["NetworkMode"], host["IpcMode"], host["CapDrop"], host["CapAdd"]) == ("none", "none", ["ALL"], None)
    assert (host["ReadonlyRootfs"], host["Privileged"], host["Init"], host["AutoRemove"]) == (True, False, False, False)
    assert (host["Binds"], host.get("Mounts"), found["Mounts"]) == (None, None, [])
    assert (host["LogConfig"]["Type"], host["PidsLimit"], host["NanoCpus"]) == ("none", 256, 1_000_000_000)
    assert host["Memory"] == host["MemorySwap"] > 0
    assert host["Tmpfs"] == {"/tmp": "size=64k,mode=555,noexec,nosuid,nodev,nr_inodes=16"}
    limits = {each["Name"]: each["Hard"] for each in host["Ulimits"]}
    assert limits == {"nofile": 256, "core": 0, "fsize": 0, "memlock": 0, "msgqueue": 0, "stack": 8 << 20}
    assert host["SecurityOpt"] == ["no-new-privileges", f"seccomp={profile()}"]
    assert (config["User"], config["Tty"], config["OpenStdin"], config["StdinOnce"]) == (
        "65534:65534",
        False,
        True,
        True,
    )


def test_the_image_holds_neither_references_nor_checks_nor_tests(docker: Room) -> None:
    client = docker.sandbox.engine.client
    stream, _ = client.get_archive(inspected(docker)["Id"], "/judge")
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as tar:
        names = {name for name in tar.getnames() if "__pycache__" not in name}
    guest = Path(images.HERE, "guest")
    assert names == {"judge", "judge/guest", *(f"judge/guest/{path.name}" for path in guest.glob("*.py"))}


def test_the_profile_is_the_list_of_the_linux_sandbox_and_what_the_keeper_needs() -> None:
    read = json.loads(profile())
    assert (read["defaultAction"], read["defaultErrnoRet"]) == ("SCMP_ACT_ERRNO", seccomp.EPERM)
    allowed = {name for rule in read["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" for name in rule["names"]}
    named = {*seccomp.ALLOWED, *seccomp.TO_ITSELF, *seccomp.TO_ITSELF_OR_ZERO, *seccomp.COMMANDS, "clone"}
    assert allowed == named | set(OF_THE_KEEPER)
    outside = (
        "ptrace io_uring_setup memfd_create socket bpf userfaultfd keyctl perf_event_open mount unshare setns shmget"
    )
    assert allowed.isdisjoint(outside.split())
    assert set(OF_THE_KEEPER).isdisjoint(seccomp.ALLOWED)
    assert numbers.number("clone3", "x86_64") is not None


class Generous(DockerSandbox):
    """Tells its runs that they may have more memory than the container has."""

    def make(self, framework: Framework) -> Container:
        container = super().make(framework)
        told = container._told
        container._told = lambda limits: told(limits) | {"memory_bytes": 64 << 30}  # type: ignore[method-assign]
        return container


def test_memory_that_the_engine_refuses_is_a_memory_limit(docker: Room) -> None:
    source = "import numpy as np\nkept = []\ndef f():\n    while True: kept.append(np.ones(1 << 21))\n"
    with another(Generous) as room:
        run = room.run(source, limits=Limits(memory_bytes=64 << 20))
        assert run.ended is EndKind.MEMORY_LIMIT
        assert honest(room, "numpy")


def test_a_flood_of_output_is_cut_and_does_not_reach_the_engines_log(docker: Room) -> None:
    source = "import os\ndef f():\n    for _ in range(1 << 10): os.write(2, b'x' * (1 << 16))\n    return 1\n"
    run = docker.run(source)
    assert run.value == 1
    assert len(run.output) < QUICK.output_bytes + 100
    assert run.output.endswith(f"({(1 << 26) - QUICK.output_bytes:,} more bytes were printed and cut)")


def test_a_full_disk_is_the_files_own_trouble(docker: Room) -> None:
    source = """
import os
def f():
    failed = 0
    for name in ('/tmp/a', '/a', '/judge/a', '/dev/a', '/packages/a', '/dev/shm/a', '/proc/self/oom_score_adj'):
        try: os.write(os.open(name, os.O_WRONLY | os.O_CREAT), b'x' * 100_000)
        except OSError: failed += 1
    return failed
"""
    run = Room.run(docker, source)
    assert run.ended is EndKind.VIOLATION
    hookless = {**docker.sandbox.spec(NUMPY), "guard": False}
    with docker.door() as door:
        door.load(docker.spec(source) | hookless)
        assert door.ask([[call()]])[0][0].fields["value"] == 7


def test_the_first_process_can_be_neither_traced_nor_signalled_nor_read(docker: Room) -> None:
    source = """
import ctypes, os, signal
def f():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    got = [libc.ptrace(16, 1, 0, 0), libc.ptrace(0x4206, 1, 0, 0)]
    for number in (0, signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        try: os.kill(1, number); got.append(number)
        except PermissionError: got.append(-1)
    for name in ('mem', 'environ', 'fd/0', 'maps'):
        try: os.open(f'/proc/1/{name}', 0); got.append(name)
        except OSError: got.append(-1)
    return got
"""
    with docker.door() as door:
        door.load(docker.spec(source) | {**docker.sandbox.spec(NUMPY), "guard": False})
        value = door.ask([[call()]])[0][0].fields["value"]
    assert value == [-1] * 10
    assert honest(docker, "numpy")


def test_a_container_that_somebody_else_ends_is_no_fault_of_the_file(docker: Room) -> None:
    door = docker.door()
    door.load(docker.spec("def f():\n    while True: pass\n"))
    door.post(Asking.of([[call()]], None))
    docker.sandbox.engine.kill(door._running.identity)
    with pytest.raises(SandboxUnavailable, match="ended from outside"):
        door.collect()
    door.close()  # it has been said
    assert honest(docker, "numpy")


class Elsewhere(DockerSandbox):
    """As if the engine's processes were not to be seen from here."""

    def make(self, framework: Framework) -> Container:
        container = super().make(framework)
        container.found_meter = lambda: None  # type: ignore[method-assign]
        return container


def test_where_the_engines_processes_can_not_be_seen_one_beside_the_run_tells_its_time(docker: Room) -> None:
    source = "import time\ndef f(n): return sum(range(n))\ndef g(): time.sleep(0.2)\ndef h():\n    while True: time.sleep(1)\n"
    with another(Elsewhere) as room:
        with room.door(limits=Limits(call_seconds=1.0)) as door:
            door.load(room.spec(source))
            short, long, asleep = door.measure(step_by_step([call("f", 10), call("f", 30_000_000), call("g")], None))
            assert long.cpu_seconds > 0.05 > max(short.cpu_seconds or 0.0, asleep.cpu_seconds or 0.0)
            assert door.spent_seconds > 0.2
            door.ask([[call("h")]])
            assert door.end is not None
            assert door.end.kind is EndKind.TIME_LIMIT
        run = room.run("import os\ndef f(): os._exit(3)\n")
        assert (run.ended, run.end.message if run.end else "") == (EndKind.EXITED, "the process ended (exit code 3)")
        run = room.run("import os\ndef f(): return [n for n in os.listdir('/proc') if n.isdigit()]\n")
        assert run.raised is not None


class Between:
    """A socket between a judge and its engine, which can be taken away: for the judge, the engine has gone then."""

    def __init__(self, folder: Path, behind: str) -> None:
        self.host = f"unix://{folder}/engine.sock"
        self._behind = behind.removeprefix("unix://")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.host.removeprefix("unix://"))
        self._listener.listen(64)
        self._open: list[socket.socket] = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def go(self) -> None:
        """Close every connection, and take no more."""
        Path(self.host.removeprefix("unix://")).unlink()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in self._open:
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.socket(socket.AF_UNIX)
            far.connect(self._behind)
            self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                self._threads.append(threading.Thread(target=_carry, args=(source, target)))
                self._threads[-1].start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@pytest.mark.usefixtures("failed_connections")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_an_engine_that_goes_away_in_the_middle_is_no_fault_of_the_file_and_nothing_keeps_running(
    docker: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not host.startswith("unix://"):
        pytest.skip("the engine is not on this machine")
    between = Between(tmp_path, host)
    monkeypatch.setenv("DOCKER_HOST", between.host)
    room = Room(DOCKER)
    door = room.door()
    door.load(room.spec("def f():\n    while True: pass\n"))
    door.post(Asking.of([[call()]], None))
    between.go()
    with pytest.raises(SandboxUnavailable, match="went away or does not answer"):
        door.collect()
    door.close()  # it has been said
    with pytest.raises(SandboxUnavailable, match="went away or does not answer"):
        [room.door() for _ in range(4)]
    room.close()
    owner = room.sandbox.owner.name
    assert wait_until(lambda: "running" not in states(docker, owner)), "the keepers end their containers"
    monkeypatch.setenv("DOCKER_HOST", host)
    with another() as next_one:
        assert honest(next_one, "numpy")
        next_one.settle()
        assert states(docker, owner) == []


@pytest.mark.slow
def test_fifty_runs_at_once_are_served_and_gone(docker: Room) -> None:
    with another() as room, ThreadPoolExecutor(50) as threads:
        values = list(threads.map(lambda n: room.run(f"def f(): return {n}\n").value, range(50)))
        assert values == list(range(50))
        room.settle()
        assert room.containers() == ["running"] * 2


def test_an_image_that_is_removed_while_it_is_used_does_not_disturb(
    docker: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        images, "version", lambda: "used-here"
    )  # a name of its own: other tests use the real one meanwhile
    name, identity = images.tag(), docker.sandbox.image
    with contextlib.closing(connect()) as engine:
        engine.client.tag(identity, *name.split(":"))
        try:
            with another() as room:
                assert room.sandbox.image == identity
                assert honest(room, "numpy")
                engine.remove_image(name)
                assert [honest(room, "numpy") for _ in range(4)] == [True] * 4
                with pytest.raises(
                    SandboxUnavailable, match=r"no image judge-sandbox:used-here \(there is .*judge sandbox build"
                ):
                    DockerSandbox()
        finally:
            if engine.image(name) is not None:
                engine.remove_image(name)


def test_an_image_of_another_content_is_refused(docker: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "content", lambda: "of another time")
    with pytest.raises(SandboxUnavailable, match="another version of the judge or its packages: `judge sandbox build`"):
        DockerSandbox()


KILLED = """
import sys
sys.path.insert(0, {tests!r})
from sandbox import Asking
from conformance import Room, KINDS, call
room = Room(next(kind for kind in KINDS if kind.name == "docker"))
door = room.door()
door.load(room.spec("def f():\\n    while True: pass\\n"))
door.post(Asking.of([[call()]], None))
print(room.sandbox.owner.name, flush=True)
door.collect()
"""


def test_a_judge_that_is_killed_leaves_nothing_running_and_the_next_one_sweeps(docker: Room) -> None:
    script = KILLED.format(tests=str(Path(__file__).parent))
    judge = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert judge.stdout is not None
    owner = judge.stdout.readline().strip()
    assert states(docker, owner).count("running") >= 1
    judge.kill()
    judge.wait()
    judge.stdout.close()
    assert wait_until(lambda: "running" not in states(docker, owner)), "its containers end with it"
    assert owner in owners_left(docker)
    with another() as room:
        assert honest(room, "numpy")
        room.settle()
        assert states(docker, owner) == []


CLOSED_LATE = """
import atexit
import sys
sys.path.insert(0, {tests!r})
from conformance import Room, KINDS
room = Room(next(kind for kind in KINDS if kind.name == "docker"))
atexit.register(room.close)
room.door().close()
print(room.sandbox.owner.name, flush=True)
"""


def test_one_that_is_closed_while_its_interpreter_ends_leaves_nothing(docker: Room) -> None:
    script = CLOSED_LATE.format(tests=str(Path(__file__).parent))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    assert states(docker, ended.stdout.strip()) == []


def states(room: Room, owner: str) -> list[str]:
    """Of an owner's containers."""
    return [each["State"] for each in room.sandbox.engine.containers() if each["Labels"][OURS] == owner]


def owners_left(room: Room) -> list[str]:
    """The owners of what is found to be left behind."""
    left = set(look(room.sandbox.engine).left)
    return [each["Labels"][OURS] for each in room.sandbox.engine.containers() if each["Id"] in left]


def wait_until(holds: Any, seconds: float = 30.0) -> bool:
    """Whether something comes to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_closing_ends_what_is_in_use_and_what_is_being_made(docker: Room) -> None:
    sandbox = DockerSandbox()
    sandbox.prepare(TORCH)
    door = sandbox.open(NUMPY, QUICK, None)
    began = threading.active_count()
    sandbox.close()
    with contextlib.suppress(SandboxUnavailable):
        door.close()
    assert states(docker, sandbox.owner.name) == []
    assert threading.active_count() < began


def test_an_owner_is_known_to_have_ended_only_where_it_was_known(tmp_path: Path) -> None:
    one, other, elsewhere = Owner(tmp_path), Owner(tmp_path), Owner(tmp_path / "elsewhere")
    assert not one.has_ended(other.name)
    assert not one.has_ended(one.name)
    other.close()
    assert one.has_ended(other.name)
    assert not one.has_ended(elsewhere.name)
    assert not one.has_ended("")
    assert not one.has_ended("../../etc/passwd")
    one.close()
    elsewhere.close()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["place"]


def test_an_owner_that_was_killed_has_ended(tmp_path: Path) -> None:
    own = f"owner = Owner(Path({str(tmp_path)!r})); print(owner.name, flush=True)"
    script = f"from pathlib import Path; from sandbox.owner import Owner; {own}; input()"
    judge = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert judge.stdout is not None
    assert judge.stdin is not None
    name = judge.stdout.readline().strip()
    one = Owner(tmp_path)
    assert not one.has_ended(name)
    judge.send_signal(signal.SIGKILL)
    judge.wait()
    judge.stdin.close()
    judge.stdout.close()
    assert one.has_ended(name)
    one.forget_those_that_ended()
    assert not (tmp_path / name).exists()
    one.close()


def test_a_missing_engine_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(SandboxUnavailable, match=f"no container engine answers at {NOWHERE}: .*start"):
        DockerSandbox()


def test_an_engine_that_is_not_ones_own_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with pytest.raises(SandboxUnavailable, match="settings of DOCKER_HOST"):
        DockerSandbox()


def test_a_sandbox_that_can_not_be_had_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threading.active_count()
    monkeypatch.setenv("DOCKER_HOST", NOWHERE)
    with pytest.raises(SandboxUnavailable):
        DockerSandbox()
    assert threading.active_count() == before
    assert os.environ["DOCKER_HOST"] == NOWHERE
