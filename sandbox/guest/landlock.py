"""The second wall: which files may be read, held by the kernel's Landlock module (landlock(7)). Nothing may be written."""

from __future__ import annotations

import os
from collections.abc import Iterable

from . import system

# linux/landlock.h; the ABI that brought each beyond the first thirteen
READ_FILE = 1 << 2
WRITE_FILE = 1 << 1
READ_FOLDER = 1 << 3
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_NETWORK = {4: 3}  # bind and connect of TCP
_SCOPED = {6: 3}  # abstract Unix sockets, signals
_SIZES = {1: 8, 4: 16, 6: 24}  # of struct landlock_ruleset_attr


def rules(readable: Iterable[str], devices: Iterable[str]) -> int:
    """A ruleset under which these files and folders may be read, and these devices read and written. Returns a descriptor.

    Raises:
        SystemCallFailed: the kernel has no Landlock.
    """
    version = system.landlock_version()
    ruleset = system.landlock_ruleset(
        _known(_FILES, version), _known(_NETWORK, version), _known(_SCOPED, version), _newest(_SIZES, version)
    )
    for path in readable:
        folder = os.path.isdir(path)
        _allow(ruleset, path, READ_FILE | READ_FOLDER if folder else READ_FILE)
    for path in devices:
        _allow(ruleset, path, READ_FILE | WRITE_FILE)
    return ruleset


def allow_listing(ruleset: int, folder: str) -> None:
    """Names in a folder and below may be read, not files."""
    _allow(ruleset, folder, READ_FOLDER)


def _allow(ruleset: int, path: str, access: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        system.landlock_allow(ruleset, place, access)
    finally:
        os.close(place)


def _known(by_version: dict[int, int], version: int) -> int:
    return sum(bits for since, bits in by_version.items() if since <= version)


def _newest(by_version: dict[int, int], version: int) -> int:
    return by_version[max(since for since in by_version if since <= version)]
