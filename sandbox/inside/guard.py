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
_PACKAGES = frozenset({"site-packages", "dist-packages"})
_DEVICES = frozenset({"/dev/null", "/dev/urandom", "/dev/random", "/dev/zero"})


class SandboxViolation(PermissionError):
    """Raised where user code reaches for a file, the network or another process."""


class Places:
    """Which files may be read.

    Args:
        readable: files and folders of the interpreter's libraries.
        hidden: files in them that may not be read; it may grow.
    """

    def __init__(self, readable: list[str], hidden: set[str]) -> None:
        both = (os.path.abspath, os.path.realpath)
        self._roots = tuple(dict.fromkeys(plain(folder) + os.sep for folder in readable for plain in both))
        self._hidden = hidden

    def closed(self, path: str) -> bool:
        """Whether it is one of the hidden files."""
        return os.path.abspath(path) in self._hidden or os.path.realpath(path) in self._hidden

    def open(self, path: str) -> bool:
        """Whether it lies in one of the libraries; installed packages lie in the standard library's folder, not in the library."""
        if self.closed(path):
            return False
        for place in {os.path.abspath(path) + os.sep, os.path.realpath(path) + os.sep}:
            for root in self._roots:
                if place.startswith(root) and _PACKAGES.isdisjoint(place[len(root) :].split(os.sep)):
                    return True
        return False


def install(readable: list[str], sites: list[str], hidden: set[str], notes: Notes) -> None:
    """Watch this process from now on. It can't be taken back.

    Args:
        readable: files and folders that may be read (the interpreter's libraries).
        sites: folders that may be listed, since imports look into them.
        hidden: files that may not be read even so; it may grow.
        notes: where attempts are remembered.
    """
    places = Places([*readable, *filter(None, sys.path)], hidden)
    own = os.path.dirname(os.path.abspath(__file__)) + os.sep
    listed = frozenset(os.path.abspath(folder) for folder in sites)

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
        if not places.open(name):
            # Tracebacks and warnings look up source lines, this package's own among them: refused, but no offence.
            source_line = os.path.abspath(name).startswith(own) or places.closed(name)
            refuse(f"reading the file {name!r}", note=not source_line and not name.startswith(_HARMLESS_PLACES))

    def on_list(path: Any) -> None:
        if not isinstance(path, int):
            place = os.fsdecode(path)
            if os.path.abspath(place) not in listed and not places.open(place):
                refuse(f"listing the folder {place!r}", note=not place.startswith(_HARMLESS_PLACES))

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            on_open(args)
        elif event in ("os.listdir", "os.scandir"):
            on_list("." if not args or args[0] is None else args[0])
        elif event == "import":
            if args[1] and not places.open(os.fsdecode(args[1])):
                refuse(f"loading the library {args[1]!r}")
        elif event == "os.mkdir":
            # Parts of torch see to it that their cache is there while they are imported: where it is, that is no offence.
            refuse("os.mkdir", note=not os.path.isdir(args[0]))
        elif event.startswith(_VIOLATIONS):
            refuse(event.split("/")[0])

    sys.addaudithook(hook)
