"""Trying a wall in a fork of this process, and telling what the system refuses from what went wrong."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from typing import Any

from . import system

# What the system answers where it has no such wall, or not for this user.
REFUSALS = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EUSERS, errno.ENODEV, errno.EROFS}
)


class NoWalls(Exception):
    """The system refuses a wall; the message says which, and why."""


class Unreachable(NoWalls):
    """The unprivileged user can't reach the interpreter by its path.

    Attributes:
        whys: why the levels before were refused.
    """

    whys: tuple[str, ...] = ()


class WallsFailed(Exception):
    """Whether a level holds could not be found out; the message says why. That is no answer of the system."""


class Attempt:
    """What came of an action that was tried in a fork of this process.

    Attributes:
        why: why it fails; "" where it does not.
        refused: the system's answer was no. Where it is False and there is a `why`, another try may go well.
        unreachable: it failed as `Unreachable`.
    """

    def __init__(self, why: str = "", *, refused: bool = False, unreachable: bool = False) -> None:
        self.why = why
        self.refused = refused
        self.unreachable = unreachable


def tried(action: Callable[[], object]) -> str:
    """Why an action fails in a fork of this process; "" where it does not."""
    return attempt(action).why


def attempt(action: Callable[[], object]) -> Attempt:
    """Do something in a fork of this process, and say what came of it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        said: dict[str, Any] = {"why": ""}
        try:
            action()
        except BaseException as error:
            said = {
                "why": (f"{error}" or type(error).__name__)[:4000],
                "refused": is_refusal(error),
                "unreachable": isinstance(error, Unreachable),
            }
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    answer = bytearray()
    while part := os.read(reading, 65536):
        answer += part
    os.close(reading)
    _, status = os.waitpid(pid, 0)
    if not answer or status != 0:
        return Attempt(f"a process in which a wall was tried ended early (status {status})")
    return Attempt(**json.loads(answer))


def is_refusal(error: BaseException) -> bool:
    """Whether an error is the system's answer about a wall. Whatever is not known to be one is a failure, as where a file has gone."""
    if isinstance(error, system.SystemCallFailed) and error.errno == errno.ENOSPC:
        return error.call in ("clone", "unshare")  # the number of namespaces is limited
    return isinstance(error, NoWalls) or (isinstance(error, OSError) and error.errno in REFUSALS)
