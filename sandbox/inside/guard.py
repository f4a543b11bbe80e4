"""An audit hook on files, sockets and processes: what stands between user code and the machine where nothing stronger does.

It stops accidents and plain attempts, not an attacker: code in one's own process can get around a hook. The `linux` and
`docker` sandboxes put walls around it.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from .forbidden import Notes

_VIOLATIONS = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.kill",
    "os.killpg",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.lchown",
    "os.utime",
    "os.setxattr",
    "os.chdir",
    "os.fchdir",
    "shutil.",
    "pty.",
    "webbrowser.",
    "ftplib.",
    "http.client.",
    "imaplib.",
    "poplib.",
    "smtplib.",
    "nntplib.",
    "telnetlib.",
    "urllib.",
    "sqlite3.",
    "syslog.",
    "winreg.",
    "_winapi.",
    "ctypes.dlopen",
    "ctypes.dlsym",
    "ctypes.string_at",
    "ctypes.wstring_at",
    "resource.setrlimit",
    "resource.prlimit",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HARMLESS_PLACES = ("/proc/", "/sys/", "/etc/", "/usr/share/zoneinfo", "/dev/")
_DEVICES = frozenset({"/dev/null", "/dev/urandom", "/dev/random", "/dev/zero"})


class SandboxViolation(PermissionError):
    """Raised where user code reaches for a file, the network or another process."""


def install(readable: list[str], hidden: list[str], notes: Notes) -> None:
    """Watch this process from now on. It can't be taken back.

    Args:
        readable: folders whose files may be read (the interpreter's libraries).
        hidden: files in them that may not be.
        notes: where attempts are remembered.
    """
    roots = tuple(os.path.realpath(folder) + os.sep for folder in readable)
    closed = frozenset(os.path.realpath(path) for path in hidden)
    own = os.path.dirname(os.path.abspath(__file__)) + os.sep
    lexical = tuple(os.path.abspath(folder) + os.sep for folder in readable)

    def may_read(path: str) -> bool:
        place = os.path.abspath(path)
        if place in closed or os.path.realpath(place) in closed:
            return False
        return (place + os.sep).startswith(lexical) or (os.path.realpath(place) + os.sep).startswith(roots)

    def refuse(what: str, *, note: bool = True) -> None:
        if note:
            notes.add("violation", what)
        raise SandboxViolation(1, f"not permitted in the sandbox: {what}")

    def on_open(args: tuple[Any, ...]) -> None:
        path, mode, flags = args
        if isinstance(path, int):
            return
        name = os.fsdecode(path)
        writes = (isinstance(flags, int) and bool(flags & _WRITING)) or any(c in str(mode or "") for c in "wax+")
        if name in _DEVICES:
            return
        if writes:
            refuse(f"writing the file {name!r}", note="__pycache__" not in name)
        if not may_read(name):
            # Tracebacks and warnings look up source lines, this package's own among them: refused, but no offence.
            source_line = os.path.abspath(name).startswith(own) or os.path.abspath(name) in closed
            refuse(f"reading the file {name!r}", note=not source_line and not name.startswith(_HARMLESS_PLACES))

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            on_open(args)
        elif event in ("os.listdir", "os.scandir"):
            if args and isinstance(args[0], (str, bytes, os.PathLike)) and not may_read(os.fsdecode(args[0])):
                place = os.fsdecode(args[0])
                refuse(f"listing the folder {place!r}", note=not place.startswith(_HARMLESS_PLACES))
        elif event.startswith(_VIOLATIONS):
            refuse(event.split("/")[0])

    sys.addaudithook(hook)
