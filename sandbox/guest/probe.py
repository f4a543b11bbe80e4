"""What this machine can do, each layer of the walls tried in a process of its own: `boot.py probe` prints it as JSON."""

from __future__ import annotations

import json
import os
import resource
import socket
from collections.abc import Callable
from typing import Any

from . import seccomp, system, walls
from .numbers import machine
from .reopened import Reopened
from .trying import Unreachable, tried

MEMORY_TRIED = 256 << 20


def layers(plan: dict[str, Any]) -> list[dict[str, str]]:
    """Each layer's name, and why it can't be had ("" where it can). `plan` as `walls.enter` reads it."""
    return [{"name": name, "why": tried(action)} for name, action in _layers(plan).items()]


def _layers(plan: dict[str, Any]) -> dict[str, Callable[[], object]]:
    identity = walls.choose_identity(plan["uid"], plan["gid"])

    def namespaces() -> None:
        walls.enter_namespaces(identity)

    def root() -> None:
        namespaces()
        walls.build_root(walls.readable_places(plan), identity)
        if os.path.exists("/etc/passwd") or os.path.exists("/proc/self"):
            raise OSError("the old root is still there")

    def of_a_run() -> None:
        root()
        walls.try_run()

    def user() -> None:
        walls.leave_groups()
        reopened = Reopened.of(plan)
        walls.become(identity.outer_uid, identity.outer_gid)
        system.drop_capabilities()
        walls.require_limited_threads()
        try:
            walls.require_readable(plan)
        except Unreachable:
            walls.require_readable(reopened.plan(plan))

    return {
        "user namespace": namespaces,
        "a root of its own, read-only": root,
        "namespaces for each run": of_a_run,
        "an unprivileged user who can read the interpreter, for the reduced level": user,
        "Landlock": system.landlock_version,
        "filter for system calls": _filter,
        "limit on memory": _memory,
    }


def _filter() -> None:
    system.process_control(system.PR_SET_NO_NEW_PRIVS, 1)
    system.install_filter(seccomp.program(os.getpid(), machine()))
    try:
        socket.socket().close()
    except PermissionError:
        return
    raise OSError("a socket could be opened in spite of it")


def _memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_TRIED, MEMORY_TRIED))
    try:
        bytearray(2 * MEMORY_TRIED)
    except MemoryError:
        return
    raise OSError("memory beyond it was given")


def run(mode: str, options: dict[str, Any]) -> None:
    """Print the layers."""
    print(json.dumps(layers(options["walls"])))
