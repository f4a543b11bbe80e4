"""Whatever can be left over is found, and said: each kind is left here on purpose, and taken away again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sandbox.linux import NOBODY
from tests import leftovers

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
MIB = 1 << 20


@contextlib.contextmanager
def started(*command: str) -> Iterator[None]:
    """A process that says when it is there, and is ended with all that it started."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    said = process.stdout.readline()
    try:
        if not said:
            pytest.skip(f"{command[0]} can't do that here")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@contextlib.contextmanager
def pipe(folder: Path) -> Iterator[None]:
    ends = os.pipe()
    yield
    for end in ends:
        os.close(end)


def temporary(kind: Callable[..., contextlib.AbstractContextManager[object]], folder: Path) -> Any:
    return kind(dir=folder, prefix="soaked")


@contextlib.contextmanager
def of_a_run(folder: Path) -> Iterator[None]:
    if os.geteuid() != 0:
        pytest.skip("only of a judge that is root are runs another user")
    path = Path(f"/dev/shm/{folder.name}-soaked")
    path.touch()
    os.chown(path, NOBODY, NOBODY)
    yield
    path.unlink()


@contextlib.contextmanager
def segment(folder: Path) -> Iterator[None]:
    """A System V segment of the user that runs are; shmctl(2), struct shmid_ds begins with key, uid and gid."""
    library = ctypes.CDLL(None)
    number, state = library.shmget(0, 4096, 0o1600), ctypes.create_string_buffer(512)
    assert number >= 0
    try:
        if os.geteuid() == 0:
            assert library.shmctl(number, 2, state) == 0  # IPC_STAT
            struct.pack_into("=I", state, 4, NOBODY)
            assert library.shmctl(number, 1, state) == 0  # IPC_SET
        yield
    finally:
        library.shmctl(number, 0, None)  # IPC_RMID


SLEEPS = "echo there; exec sleep 600"
REAPS_NOT = "import subprocess, time; kept = subprocess.Popen(['true']); print(flush=True); time.sleep(600)"
LEAKS: dict[str, tuple[Callable[[Path], contextlib.AbstractContextManager[object]], str]] = {
    "process": (lambda folder: started("sh", "-c", SLEEPS), "1 more than before: process sleep #"),
    "orphan": (lambda folder: started("sh", "-c", f"({SLEEPS}) & exit"), "1 more than before: process sleep #"),
    "unreaped": (lambda folder: started(sys.executable, "-c", REAPS_NOT), "1 more than before: unreaped process true"),
    "pipe": (pipe, "2 more than before: descriptor of {}: pipe"),
    "socket": (lambda folder: socket.socket(), "1 more than before: descriptor of {}: socket"),
    "open file": (partial(temporary, tempfile.TemporaryFile), "a file without a name in "),
    "file": (partial(temporary, tempfile.NamedTemporaryFile), "1 more than before: file {folder}/soaked"),
    "mount": (
        lambda folder: started("unshare", "-Urm", "sh", "-c", SLEEPS),
        " more than before: mount seen by sleep #",
    ),
    "file of a run": (of_a_run, "1 more than before: file /dev/shm/"),
    "segment": (segment, "1 more than before: System V shm "),
}


@pytest.mark.parametrize("name", LEAKS)
def test_what_is_left_is_found_and_said(name: str, tmp_path: Path):
    leftovers.adopt_orphans()
    glance = partial(leftovers.look, os.getpid(), [tmp_path])
    own = next(each.name for each in leftovers.tree(os.getpid()) if each.pid == os.getpid())
    leak, sentence = LEAKS[name]
    before = glance()
    with leak(tmp_path):
        found = leftovers.sentences(leftovers.settled(glance, before, seconds=0.3))
    sentence = sentence.replace("{}", own).replace("{folder}", str(tmp_path))
    assert any(sentence in line for line in found), found
    assert leftovers.sentences(leftovers.settled(glance, before)) == []


def test_control_group_that_is_left_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(leftovers, "GROUPS", tmp_path)
    before = leftovers.look(os.getpid())
    (tmp_path / "user" / "judge-run-1").mkdir(parents=True)
    found = leftovers.left_over(before, leftovers.look(os.getpid()))
    assert leftovers.sentences(found) == [f"1 more than before: control group {tmp_path}/user/judge-run-1"]


def test_what_goes_away_in_time_and_what_there_is_less_of_is_not_left_over():
    looks = iter([Counter(run=2, template=1), Counter(run=2), Counter(run=1)])
    assert leftovers.settled(lambda: next(looks), Counter(run=1, template=3)) == Counter()


HOLDS = """
import os, signal, sys
kept = bytearray(os.urandom(1 << 20) * 64)
child = os.fork()
if child == 0:
    signal.pause()
print("two", flush=True)
sys.stdin.readline()
os.kill(child, 9)
os.waitpid(child, 0)
print("one", flush=True)
sys.stdin.readline()
"""


def test_the_end_of_a_process_with_which_memory_was_shared_is_no_growth():
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as held:
        assert held.stdin is not None
        assert held.stdout is not None
        assert held.stdout.readline() == "two\n"
        before = leftovers.memory(held.pid)
        held.stdin.write("\n")
        held.stdin.flush()
        assert held.stdout.readline() == "one\n"
        after = leftovers.memory(held.pid)
        held.kill()
    assert before is not None
    assert after is not None
    assert before.anonymous is not None
    assert after.anonymous is not None
    assert before.anonymous > 64 * MIB
    assert abs(after.anonymous - before.anonymous) < 4 * MIB


def test_memory_that_grows_is_seen_and_its_slope_is_told():
    before = leftovers.memory(os.getpid())
    kept = bytearray(os.urandom(MIB) * 64)
    after = leftovers.memory(os.getpid())
    assert before is not None
    assert after is not None
    assert after.resident - before.resident > len(kept) * 0.9
    assert before.anonymous is not None
    assert after.anonymous is not None
    assert len(kept) * 0.9 < after.anonymous - before.anonymous <= after.resident
    assert leftovers.growth([100, 200, 300], [5, 7, 9]) == leftovers.Growth(5, 9, 0.02)
    assert leftovers.growth([100], [5]) == leftovers.Growth(5, 5, 0)


def test_process_that_has_ended_has_no_memory_and_no_descriptors():
    with subprocess.Popen(["true"]) as process:
        process.wait()
    assert leftovers.memory(process.pid) is None
    assert leftovers.descriptors(process.pid) == []
    assert leftovers.tree(process.pid) == []


MOUNTS = """
import os, sys
from pathlib import Path
from tests import leftovers
leftovers.see_no_mounts_of_others()
print(os.readlink("/proc/self/ns/mnt"), "shared:" in Path("/proc/self/mountinfo").read_text())
"""


def test_mounts_of_others_are_not_seen():
    command = [sys.executable, "-c", MOUNTS]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
    namespace, shared = done.stdout.split()
    if namespace == os.readlink("/proc/self/ns/mnt"):
        pytest.skip("a mount namespace of its own is refused here")
    assert shared == "False"
