"""The processes of a judge, found by walking /proc from this one, and what each of them is for; and their end by SIGKILL."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec

COMMAND = "command"
TEMPLATE = "template"
LISTENER = "listener"
MOST_LOOKS = 20  # a parent may be missing for good, where it ended before the threads that it had


class Seen(msgspec.Struct, frozen=True):
    """A process that lives (proc(5), /proc/PID/stat).

    Attributes:
        pid: its number.
        parent: its parent's.
        session: the number of its session.
        began: when it began, in ticks of the clock: tells it from another one that gets its number later.
        words: what it was started as. A fork has those of the process that it was forked from.
    """

    pid: int
    parent: int
    session: int
    began: int
    words: str


def below(root: int) -> dict[int, Seen]:
    """Every process that lives below this one, itself left out."""
    everyone = _everyone()
    found = {root}
    while more := {pid for pid, each in everyone.items() if each.parent in found} - found:
        found |= more
    seen = [each for pid in found - {root} if (each := _seen(pid, everyone[pid])) is not None]
    return {each.pid: each for each in seen}


def roles(found: dict[int, Seen], command: int) -> dict[int, str]:
    """What each process is for.

    Args:
        found: the processes.
        command: the number of the one that the person called.
    """
    return {pid: COMMAND if pid == command else _role(each, found) for pid, each in found.items()}


def strike(draw: random.Random, command: int, good: Callable[[str], bool]) -> str | None:
    """Kill one process of those that live below this one: each role is as likely as any other.

    Args:
        draw: which.
        command: the number of the one that the person called.
        good: whether a role may be killed.

    Returns:
        what it was for; None where there is none.
    """
    while True:
        found = below(os.getpid())
        named = {pid: role for pid, role in roles(found, command).items() if good(role)}
        if not named:
            return None
        role = draw.choice(sorted(set(named.values())))
        pid = draw.choice(sorted(pid for pid, name in named.items() if name == role))
        if kill(found[pid]):
            return role


def kill(process: Seen) -> bool:
    """Kill this one and no other; whether it still lived."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(process.pid)
        try:
            now = _stat(process.pid)  # of the one that the handle stands for
            if now is not None and now.began == process.began:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                return True
        finally:
            os.close(handle)
    return False


def _everyone() -> dict[int, _Stat]:
    """All processes that live. They are read one after the other: where one has got another parent meanwhile, all are read again."""
    for _ in range(MOST_LOOKS):
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        everyone = {pid: stat for pid in pids if (stat := _stat(pid)) is not None}
        if all(each.parent in everyone or each.parent == 0 for each in everyone.values()):
            break
    return everyone


class _Stat(msgspec.Struct, frozen=True):
    parent: int
    session: int
    began: int


def _stat(pid: int) -> _Stat | None:
    """Of a process that lives."""
    try:
        with open(
            f"/proc/{pid}/stat", "rb"
        ) as stat:  # the quickest way: it is done for each process a hundred times a second
            state, *fields = stat.read().decode(errors="replace").rpartition(")")[2].split()
    except (OSError, ValueError):
        return None  # it ended meanwhile
    return None if state in "ZX" else _Stat(int(fields[0]), int(fields[2]), int(fields[18]))


def _seen(pid: int, stat: _Stat) -> Seen | None:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    except OSError:
        return None
    return Seen(pid, stat.parent, stat.session, stat.began, words)


def _role(process: Seen, found: dict[int, Seen]) -> str:
    if "boot.py template" in process.words:
        return _of_the_sandbox(process, found)
    if process.words.startswith("/bin/sh"):
        return "shell"
    if module := re.search(r" -m judge\.service\.(?:(resident)|(serving))\b", process.words):
        return LISTENER if module[1] else "worker"
    if module := re.search(r"boot\.py ([a-z]+)", process.words):
        return module[1]
    return process.words.split(" ")[0].rpartition("/")[2] or "nameless"


def _of_the_sandbox(process: Seen, found: dict[int, Seen]) -> str:
    """A template, or what it has forked: keepers, and what they keep, which has a session of its own once it serves a run."""
    parent = found.get(process.parent)
    if parent is None or "boot.py template" not in parent.words:
        return TEMPLATE
    children = [each for each in found.values() if each.parent == process.pid]
    if children or _is_first_of_a_namespace(process.pid):
        return "keeper" if any(each.session == each.pid for each in children) else "keeper of the spare run"
    return "run" if process.session == process.pid else "spare run"


def _is_first_of_a_namespace(pid: int) -> bool:
    """Whether its number in the innermost namespace of processes is 1."""
    with contextlib.suppress(OSError, IndexError):
        numbers = re.search(r"^NSpid:(.*)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return numbers is not None and numbers[1].split()[-1] == "1"
    return False
