"""What there is of a process and all below it, counted by what it is: so that what was left over is what there is more of afterwards.

Looked at from outside, in /proc (proc(5)). A socket, a mount or a file without a name is there only as long as a process, a descriptor or a
mount namespace holds it: so whoever counts these for every process below counts all of them. No process can slip away from below one
that adopts orphans (`adopt_orphans`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from sandbox.linux import NOBODY

SHARED_FOLDERS = (Path("/tmp"), Path("/dev/shm"))
SEGMENTS = Path("/proc/sysvipc")
GROUPS = Path("/sys/fs/cgroup")
OURS = "judge"
ENGINES = re.compile("/(overlay2|containers|netns)(/|$)")
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h; prctl(2)
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000  # linux/sched.h, linux/mount.h; unshare(2), mount(2)
MOST_NAME = 60


class Process(msgspec.Struct, frozen=True):
    """A process: its number, its parent's, whether it has ended and waits to be reaped, and what it was started as, in short."""

    pid: int
    parent: int
    ended: bool
    name: str


class Memory(msgspec.Struct, frozen=True):
    """Of one process, in bytes: resident, and what of that belongs to no file; that is None where it may not be read.

    Pages of a file are counted with a process only as long as the system has not taken them back. What others do with the same file or page
    changes neither figure: the proportional share (Pss) grows whenever another process ends that had a page in common.
    """

    resident: int
    anonymous: int | None


class Growth(msgspec.Struct, frozen=True):
    """How something grew over the submissions.

    Attributes:
        first: its size at the first look.
        last: its size at the last one.
        slope: by how much it grew with each submission: the line that fits all looks best.
    """

    first: float
    last: float
    slope: float

    @property
    def size(self) -> float:
        """From the first look to the last."""
        return self.last - self.first


def adopt_orphans() -> None:
    """Make processes whose parent has ended children of this one, so that none can slip away unseen."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def see_no_mounts_of_others() -> None:
    """Give this process mounts of its own, so that what others on this machine mount is not taken for left over. Only root may.

    To be called before there are threads. Where it is refused, no process of this user can leave a mount in the namespace of this one.
    """
    library = ctypes.CDLL(None)
    if sys.platform.startswith("linux") and library.unshare(CLONE_NEWNS) == 0:
        library.mount(None, b"/", None, MS_REC | MS_PRIVATE, None)


def look(root: int, folders: Sequence[Path] = ()) -> Counter[str]:
    """Everything there is, by what it is.

    Args:
        root: the process at the top, looked at itself too.
        folders: of which every file counts. Of the folders that all share, those of the user that runs are do.
    """
    processes = tree(root)
    found = Counter(f"process {each.name}" if not each.ended else f"unreaped process {each.name}" for each in processes)
    found.subtract([f"unreaped process {each.name}" for each in processes if each.ended and each.parent == root])
    for each in processes:
        found.update(f"descriptor of {each.name}: {kind}" for kind in descriptors(each.pid))
    found.update(_mounts(sorted(processes, key=lambda each: each.pid != root)))
    found.update(f"file {path}" for path in _files(folders))
    found.update(_segments())
    found.update(_groups(processes))
    return +found


def at_rest(glance: Callable[[], Counter[str]], seconds: float = 1.0) -> Counter[str]:
    """The most there is while nothing is asked for: a template that makes its next run ready has it only a moment later."""
    found = glance()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.1)
        found |= glance()
    return found


def left_over(before: Counter[str], after: Counter[str]) -> Counter[str]:
    """What there is more of. What there is less of is none: a template that is being started has not opened all it will."""
    return after - before


def settled(glance: Callable[[], Counter[str]], before: Counter[str], seconds: float = 20.0) -> Counter[str]:
    """What is left over once nothing is, or after so many seconds: what was killed takes a moment to go."""
    until = time.monotonic() + seconds
    while (left := left_over(before, glance())) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def sentences(left: Mapping[str, int]) -> list[str]:
    """What was left over, to be read."""
    return [f"{count} more than before: {name}" for name, count in sorted(left.items())]


def tree(root: int) -> list[Process]:
    """A process and every one below it; one that has ended too, until it is reaped."""
    everyone = {each.pid: each for each in _everyone()}
    below = {root} & everyone.keys()
    while more := {pid for pid, each in everyone.items() if each.parent in below} - below:
        below |= more
    return [everyone[pid] for pid in sorted(below)]


def descriptors(pid: int) -> list[str]:
    """What the open descriptors of a process lead to: "pipe", "socket", a path; none where they may not be read."""
    found = []
    folder = f"/proc/{pid}/fd"
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            with contextlib.suppress(OSError):  # closed meanwhile; such is the one that lists them
                found.append(_kind(os.readlink(f"{folder}/{name}")))
    return found


def memory(pid: int) -> Memory | None:
    """The memory of a process; None where it has ended."""
    try:
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return None
    with contextlib.suppress(OSError):
        found = re.search(r"^Anonymous: +([0-9]+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        if found:
            return Memory(resident, int(found[1]) * 1024)
    return Memory(resident, None)


def growth(numbers: Sequence[float], sizes: Sequence[float]) -> Growth:
    """How sizes grew with the number of submissions; of one look alone nothing is said to grow."""
    slope = statistics.linear_regression(numbers, sizes).slope if len(set(numbers)) > 1 else 0.0
    return Growth(sizes[0], sizes[-1], slope)


def _everyone() -> Iterator[Process]:
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (place / "stat").read_text().rsplit(")", 1)[1].split()[:2]
            words = (place / "cmdline").read_bytes().decode(errors="replace").split("\0")
            name = _name(words) or (place / "comm").read_text().strip()
        except (OSError, IndexError):
            continue  # it ended meanwhile
        yield Process(int(place.name), int(parent), state in "ZX", name)


def _name(words: Sequence[str]) -> str:
    """The module that an interpreter runs, of a template what it imports, else the command."""
    text = " ".join(words)
    if found := re.search(r'boot\.py ([a-z]+) .*"framework": ?"([a-z]+)"', text):
        return f"{found[1]} of {found[2]}"
    if found := re.search(r" -m ([a-z_.]+)", text):
        return found[1]
    return _numberless(text.strip())[:MOST_NAME]


def _kind(link: str) -> str:
    """What a descriptor leads to, without the number that tells it from others of its kind."""
    if found := re.fullmatch(r"(pipe|socket):\[[0-9]+\]", link):
        return found[1]
    if link.endswith(" (deleted)"):
        return f"a file without a name in {Path(link).parent}"
    return _numberless(link)


def _numberless(text: str) -> str:
    return re.sub("[0-9]+", "#", text)


def _mounts(processes: Sequence[Process]) -> Counter[str]:
    """Mounts, those of each namespace once, as seen by the first process in it; so the one at the top comes first, whatever its number.

    Those that a container engine of this machine makes for containers of its own are left out.
    """
    found: Counter[str] = Counter()
    seen = set()
    for each in processes:
        with contextlib.suppress(OSError):
            namespace = os.readlink(f"/proc/{each.pid}/ns/mnt")
            if namespace not in seen:
                lines = Path(f"/proc/{each.pid}/mountinfo").read_text().splitlines()
                points = [line.split()[4] for line in lines]
                found[f"mount seen by {each.name}"] += sum(not ENGINES.search(point) for point in points)
                seen.add(namespace)
    return found


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    """Every file of these folders; of those that all share, where the judge is root, the files of the user that runs are."""
    for folder in folders:
        yield from folder.rglob("*")
    if os.geteuid() == 0:
        for folder in SHARED_FOLDERS:
            for entry in os.scandir(folder) if folder.is_dir() else ():
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_uid == NOBODY:
                        yield Path(entry.path)


def _segments() -> Iterator[str]:
    """System V shared memory, semaphores and queues of the user that runs are: they stay until they are removed."""
    user = str(NOBODY if os.geteuid() == 0 else os.geteuid())
    for path in sorted(SEGMENTS.glob("*")):
        names, *rows = (line.split() for line in path.read_text().splitlines())
        for row in (dict(zip(names, values, strict=True)) for values in rows):
            if user in (row["uid"], row["cuid"]):
                yield f"System V {path.name} {row[f'{path.name}id']}"


def _groups(processes: Sequence[Process]) -> Counter[str]:
    """Control groups: those that a process below is in, and those that are called after the judge."""
    found: Counter[str] = Counter()
    for each in (each for each in processes if not each.ended):  # what has ended is said to be in the topmost one
        with contextlib.suppress(OSError):
            found[f"control group {' '.join(Path(f'/proc/{each.pid}/cgroup').read_text().split())}"] = 1
    for place, folders, _ in os.walk(GROUPS):  # groups of others come and go meanwhile
        found.update(f"control group {place}/{name}" for name in folders if OURS in name)
    return found
