"""Limits that the judge itself meets, and processes of its own that are killed: never a verdict on the file, and never less isolation."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conformance import ON_LINUX, QUICK, call

from judge.isolation import proven, sandboxes
from judge.isolation.sandboxes import AutoSandbox
from problems.frameworks import NUMPY, PYTHON, TORCH
from sandbox import Limits, LinuxSandbox, SandboxRefused, SandboxUnavailable, warm
from sandbox.limits import limits_met, named_limits

ROOT = Path(__file__).resolve().parents[2]
GROUPS = Path("/sys/fs/cgroup")  # its version 1 has a folder for each kind of limit
HONEST = "def f(): return 41 + 1\n"
# Prints what came of an honest file: its answer, or why there is none.
ASKED = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "sandbox")!r}]
from sandbox import EndKind, LinuxSandbox, Limits, SandboxUnavailable
from problems.frameworks import PYTHON
spec = {{"source": {HONEST!r}, "filename": "f.py", "seed": 0, "entry": [], "forbidden_names": [], "forbidden_operators": [],
    "forbidden_packages": []}}
step = {{"do": "call", "target": "f", "args": (), "kwargs": {{}}, "into": "", "seed": 0, "echo": False, "times": 1, "answer": True,
    "may_raise": False}}
try:
    with LinuxSandbox() as sandbox, sandbox.open(PYTHON, Limits(), None) as first, sandbox.open(PYTHON, Limits(), None) as second:
        for door in (first, second):
            loaded = door.load(spec | sandbox.spec(PYTHON))
            replies = door.ask([[step]])
            print("answered", replies[0][0].fields["value"] if replies[0] else (loaded, door.end))
except SandboxUnavailable as error:
    print("unavailable", type(error).__name__, error)
"""

pytestmark = pytest.mark.skipif(not ON_LINUX, reason="other systems have other limits")


def asked(before: Callable[[], None] | None, command: tuple[str, ...] = ()) -> str:
    """What a process of its own says, in which `before` was done."""
    done = subprocess.run(
        [*command, sys.executable, "-c", ASKED],
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout.strip() or done.stderr.strip()[-2000:]


def is_fair(said: str, *names: str) -> bool:
    """Whether an honest file was answered for, or it was said which limit was met."""
    if said == "answered 42\nanswered 42":
        return True
    return "unavailable SandboxUnavailable" in said and any(name in said for name in names)


def limited(name: str, value: int) -> Callable[[], None]:
    import resource

    return lambda: resource.setrlimit(getattr(resource, name), (value, value))


@pytest.mark.parametrize("most", [14, 20, 26, 32, 40, 64])
def test_a_limit_on_descriptors_is_named(most: int) -> None:
    said = asked(limited("RLIMIT_NOFILE", most))
    assert is_fair(said, "ulimit -n") or "Too many open files" in said.splitlines()[-1], said


@pytest.mark.parametrize("mebibytes", [200, 600, 1500, 2048])
def test_a_limit_on_memory_is_named(mebibytes: int) -> None:
    said = asked(limited("RLIMIT_AS", mebibytes << 20))
    assert is_fair(said, "ulimit -v"), said


def test_a_limit_on_time_is_named() -> None:
    said = asked(limited("RLIMIT_CPU", 30))
    assert is_fair(said, "ulimit -t"), said
    assert not said.startswith("answered")


@contextlib.contextmanager
def a_group(kind: str) -> Iterator[Path]:
    """A control group of this test's."""
    folder = GROUPS / kind / f"judge-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group for {kind} can be made here: {error}")
    yield folder
    with contextlib.suppress(OSError):
        folder.rmdir()


@pytest.fixture
def group() -> Iterator[Path]:
    """One for processes."""
    with a_group("pids") as folder:
        yield folder


def test_what_the_system_ends_for_memory_is_no_memory_limit_of_the_file() -> None:
    with a_group("memory") as folder:
        (folder / "memory.limit_in_bytes").write_text("150M")
        source = "kept = bytearray(400_000_000)\ndef f(): return 1\n"
        script = ASKED.replace(repr(HONEST), repr(source))
        done = subprocess.run(
            [sys.executable, "-c", script],
            preexec_fn=lambda: (folder / "cgroup.procs").write_text(str(os.getpid())) and None,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (
            "unavailable SandboxUnavailable the process in which your file ran was killed from outside" in done.stdout
        )
        assert "memory.limit_in_bytes" in done.stdout


def test_a_limit_on_processes_is_named_whatever_it_is(group: Path) -> None:
    found = set()
    for most in (2, 4, 6, 8, 9, 10, 11, 12, 14, 24):
        (group / "pids.max").write_text(str(most))
        said = asked(lambda: (group / "cgroup.procs").write_text(str(os.getpid())) and None)
        assert is_fair(said, "pids.max") or "can't start new thread" in said or "Resource temporarily" in said, (
            most,
            said,
        )
        assert "refused" not in said.lower()
        found.add(said.split()[0])
    assert found == {"answered", "unavailable"}  # the sweep has seen both sides of the border


def test_what_has_no_limit_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert limits_met("ValueError: no such thing") == ""
    assert "ulimit -n" in limits_met("OSError: [Errno 24] Too many open files")
    assert "of address space" in named_limits("memory") or "No limit on memory" in named_limits("memory")


class Killed:
    """Kills templates while they start, as many as it is told to, as a system does whose memory runs out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        self.left = times
        self.seen = 0
        self._launch = warm.launch
        monkeypatch.setattr(warm, "launch", self._launched)

    def _launched(self, *args: Any, **streams: Any) -> subprocess.Popen[bytes]:
        process = self._launch(*args, **streams)
        self.seen += 1
        if self.left:
            self.left -= 1
            process.kill()
        return process


@pytest.fixture(autouse=True)
def remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What has worked here is kept in a folder of this test's."""
    monkeypatch.setattr(proven, "own_folder", lambda: tmp_path)


@pytest.mark.parametrize("times", [1, 2])
def test_a_template_that_is_killed_while_it_starts_is_started_again(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    if reason := _why_no_walls():
        pytest.skip(reason)
    killed = Killed(monkeypatch, times)
    with AutoSandbox() as sandbox, sandbox.open(PYTHON, QUICK, None):
        assert sandbox.kind == "linux"
    assert killed.seen == times + 1


def test_a_template_that_is_always_killed_ends_in_a_failure_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = Killed(monkeypatch, 1000)
    with AutoSandbox() as sandbox:
        for _ in range(2):
            with pytest.raises(SandboxUnavailable, match="the linux sandbox does not start") as failed:
                sandbox.open(PYTHON, QUICK, None)
            assert not isinstance(failed.value, SandboxRefused)
    assert killed.seen == 2 * warm.TRIES


@pytest.mark.parametrize("signs", [(), ("full",), ("full", "reduced")])
def test_a_wall_whose_trial_is_killed_is_no_refusal(monkeypatch: pytest.MonkeyPatch, signs: tuple[str, ...]) -> None:
    from sandbox.guest import walls

    for level in signs:
        monkeypatch.setattr(walls, "_enter", _dies_at(walls._enter, level))
    plan = {"levels": ["full", "reduced"], "readable": [], "uid": os.geteuid(), "gid": os.getegid()}
    if signs:
        with pytest.raises(walls.WallsFailed, match="ended early"):
            walls.enter(plan)
    else:
        found = walls.attempt(lambda: os.kill(os.getpid(), 9))
        assert found.why
        assert not found.refused


def _dies_at(enter: Any, level: str) -> Any:
    def entered(wanted: str, *rest: Any) -> int:
        if wanted == level:
            os.kill(os.getpid(), 9)
        return int(enter(wanted, *rest))

    return entered


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "x"),
        BlockingIOError(11, "x"),
        OSError(12, "x"),
        OSError(24, "x"),
        OSError(23, "x"),
        MemoryError(),
    ],
)
def test_too_little_of_something_is_no_refusal(error: BaseException) -> None:
    from sandbox.guest import walls

    def fails() -> None:
        raise error

    assert not walls.attempt(fails).refused


@pytest.mark.parametrize("number", [1, 13, 22, 38, 95])
def test_an_answer_of_the_system_is_a_refusal(number: int) -> None:
    from sandbox.guest import system, walls

    def fails() -> None:
        raise system.SystemCallFailed("mount", number)

    assert walls.attempt(fails).refused


def test_a_run_that_is_killed_from_outside_is_no_verdict_on_the_file() -> None:
    if reason := _why_no_walls():
        pytest.skip(reason)
    with LinuxSandbox() as sandbox:
        door = sandbox.open(PYTHON, Limits(), None)
        spec = {"source": "import time\ndef f(): time.sleep(5)\n", "filename": "f.py", "seed": 0, "entry": []}
        spec |= {f"forbidden_{what}": [] for what in ("names", "operators", "packages")}
        door.load(spec | sandbox.spec(PYTHON))
        from sandbox import Asking

        door.post(Asking.of([[call()]], None))
        os.kill(door._running.pid, 9)
        with pytest.raises(SandboxUnavailable, match="killed from outside"):
            door.collect()
        door.close()
        assert sandbox.open(PYTHON, Limits(), None).close() is None


def test_a_file_is_judged_again_where_its_process_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once is chance; twice ends as a failure of the judge."""
    from judge.service.requests import NotJudged
    from tests.judge.judging import judge_file

    if reason := _why_no_walls():
        pytest.skip(reason)
    file = next((ROOT / "tests" / "answers" / "autograd" / "right").glob("*.py"))
    for times in (1, 2):
        kills = _Kills(monkeypatch, times)
        if times == 1:
            assert judge_file(file, problem="autograd", seed=3).accepted
        else:
            with pytest.raises(NotJudged, match="killed from outside"):
                judge_file(file, problem="autograd", seed=3)
        assert kills.done == times
        monkeypatch.undo()


class _Kills:
    """Kills the process of a file when it is first asked something, so many times."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        from sandbox import Door

        self.done = 0
        post = Door.post

        def killing(door: Door, asking: Any) -> None:
            if self.done < times:
                self.done += 1
                os.kill(door._running.pid, 9)
            post(door, asking)

        monkeypatch.setattr(Door, "post", killing)


def _why_no_walls() -> str:
    with contextlib.suppress(KeyError):
        try:
            with sandboxes.KINDS["linux"]() as sandbox, sandbox.open(PYTHON, QUICK, None):
                return ""
        except SandboxUnavailable as error:
            return f"the linux sandbox does not work here: {error}"
    return "there is no linux sandbox"


def _killed_at_once(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Have the process be killed in which something is tried."""
    from sandbox.guest import walls

    def killed(*args: object) -> None:
        os.kill(os.getpid(), 9)

    monkeypatch.setattr(walls, place, killed)


def test_an_identity_whose_trial_is_killed_is_not_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root would keep its own id, which no level takes: all of them would be refused, and `auto` end in `process`."""
    from sandbox.guest import walls

    _killed_at_once(monkeypatch, "become")
    with pytest.raises(walls.WallsFailed, match="ended early"):
        walls.choose_identity(os.geteuid() + 1, os.getegid() + 1)


@pytest.mark.parametrize("before", [True, False])
def test_a_process_that_maps_users_and_is_killed_is_no_refusal(monkeypatch: pytest.MonkeyPatch, before: bool) -> None:
    from sandbox.guest import system, walls

    if before:  # it has ended by the time that it is told to begin
        monkeypatch.setattr(walls.os, "read", _dies_in_a_fork(os.read))
        monkeypatch.setattr(system, "unshare", lambda flags: time.sleep(0.3))
    else:
        _killed_at_once(monkeypatch, "_write_maps")
        monkeypatch.setattr(system, "unshare", lambda flags: None)
    with pytest.raises(walls.WallsFailed, match="ended early"):
        walls.enter_namespaces(walls.Identity(1, 1, 1, 1))


def _dies_in_a_fork(read: Any) -> Any:
    judge = os.getpid()

    def reading(*args: int) -> bytes:
        if os.getpid() != judge:
            os.kill(os.getpid(), 9)
        return bytes(read(*args))

    return reading


@pytest.mark.parametrize(("number", "refused"), [(24, False), (23, False), (12, False), (1, True), (22, True)])
def test_users_that_are_not_mapped_for_a_shortage_are_not_refused(
    monkeypatch: pytest.MonkeyPatch, number: int, refused: bool
) -> None:
    from sandbox.guest import system, walls

    def fails(pid: int, identity: object) -> None:
        raise OSError(number, os.strerror(number), f"/proc/{pid}/uid_map")

    monkeypatch.setattr(walls, "_write_maps", fails)
    monkeypatch.setattr(system, "unshare", lambda flags: None)
    with pytest.raises(walls.NoWalls if refused else walls.WallsFailed, match=f"uid_map: {os.strerror(number)}"):
        walls.enter_namespaces(walls.Identity(1, 1, 1, 1))


def test_whether_threads_can_be_limited_is_not_told_by_another_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control group that grants no further process would make the machine's root look like a user who is held to limits."""
    from sandbox.guest import walls

    def tried() -> None:
        def no_fork() -> int:
            raise BlockingIOError(11, "Resource temporarily unavailable")

        monkeypatch.setattr(walls.os, "fork", no_fork)
        walls._start_one_too_many()

    found = walls.attempt(tried)
    assert "temporarily unavailable" in found.why
    assert not found.refused


def test_the_level_is_that_of_the_weakest_template() -> None:
    class Stub:
        def __init__(self, level: str, why: str) -> None:
            self.level = level
            self.why = why

        def close(self) -> None:
            pass

    sandbox = LinuxSandbox()
    for framework, level, why in ((PYTHON, "", ""), (TORCH, "full", ""), (NUMPY, "reduced", "no namespaces")):
        sandbox._templates[framework] = Stub(level, why)  # type: ignore[assignment]
    assert (sandbox.level, sandbox.why_not_full) == ("reduced", "no namespaces")
    sandbox.close()


class _Lost:
    """A run whose engine has gone away: nobody can say how it ended."""

    memory_is_limited = True

    def __init__(self) -> None:
        from sandbox.clocks import ProcessMeter

        self.meter = ProcessMeter(os.getpid())
        (self._task, self.tasks), (self.answers, self._answer), (self.output, self._said) = (
            os.pipe() for _ in range(3)
        )

    def ended_within(self, seconds: float) -> bool:
        return True

    def kill(self) -> None:
        for end in (self._task, self._answer, self._said):
            os.close(end)

    def reap(self) -> Any:
        raise SandboxUnavailable("the container engine went away")


def test_a_run_that_can_not_be_listened_to_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox import Door, door

    def no_thread(*args: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(door, "Output", no_thread)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(SandboxUnavailable):
        Door(_Lost(), Limits(), None)
    assert len(os.listdir("/proc/self/fd")) == before
