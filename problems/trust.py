"""Whether a file or folder is the user's alone to change: what others can write must not run as the user.

The settings name packs, whose checks and references run as a part of the judge. So whoever can write the settings or a pack can run code
as the user. The rules, for a file, for the folder it lies in, and for a folder:

- It belongs to the user or to root, and neither its group nor all others may write it; a sticky bit changes nothing.
- Every symbolic link on the way to it belongs to the user or to root.
- The folders above are not looked at: what others put in its place would belong to them. But where the user is root, every folder on the
  way must be root's: others can change what lies below their own folders at any time.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

MOST_LINKS = 40  # as the kernel's own limit, path_resolution(7)
ROOT = 0
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
Entry = tuple[str, os.stat_result]
"""A path, and what lstat(2) says of it."""


class Weakness(msgspec.Struct, frozen=True, kw_only=True):
    """Why something is not trusted.

    Attributes:
        path: of the entry that others can change.
        owner: its owner's id, where that is the matter; None where it is its mode.
        mode: of the entry.
        link: it is a symbolic link.
        tree: it was found below a folder, all of which matters.
    """

    path: str
    owner: int | None
    mode: int
    link: bool = False
    tree: str = ""

    @property
    def words(self) -> str:
        """What is wrong: "/x can be written by others (mode 777)"."""
        shown = ascii(self.path)[1:-1] if not self.path.isprintable() else self.path
        if self.owner is None:
            return f"{shown} can be written by others (mode {stat.S_IMODE(self.mode):o})"
        return f"{shown}{', a symbolic link,' if self.link else ''} belongs to another user ({_name(self.owner)})"

    @property
    def command(self) -> str:
        """The command that mends it; "" where only another place does."""
        whole = self.tree or self.path
        recursive = "-R " if self.tree else ""
        if self.owner is None:
            return f"chmod {recursive}go-w {shlex.quote(whole)}"
        return ""


def weakness(path: Path) -> Weakness | None:
    """Why a file or folder is not the user's alone to change; None where it is, and where there is none.

    Where there is none, the folder in which it would be made must belong to the user or to root. On Windows nothing is looked at.
    """
    if os.name != "posix":
        return None
    entries, whole = _way_to(path)
    me = os.geteuid()
    for name, found in entries:
        strange = not _is_ours(found.st_uid, me) and not _is_unmapped(found.st_uid)
        if strange and (stat.S_ISLNK(found.st_mode) or me == ROOT):
            return Weakness(path=name, owner=found.st_uid, mode=found.st_mode, link=stat.S_ISLNK(found.st_mode))
    plain = [entry for entry in entries if not stat.S_ISLNK(entry[1].st_mode)]
    name, found = plain[-1]
    if not whole:
        strange = not _is_ours(found.st_uid, me) and not _is_unmapped(found.st_uid)
        return Weakness(path=name, owner=found.st_uid, mode=found.st_mode) if strange else None
    return _open_to_others(name, found, me) or (
        None
        if stat.S_ISDIR(found.st_mode)
        else _open_to_others(os.path.dirname(name), os.stat(os.path.dirname(name)), me)
    )


def weakness_below(folder: Path, names: Sequence[str]) -> Weakness | None:
    """The same of a folder, and of all that is in these folders of it."""
    found = weakness(folder)
    if found is not None or os.name != "posix":
        return found if found is None or found.owner is not None else msgspec.structs.replace(found, tree=found.path)
    me, real = os.geteuid(), os.path.realpath(folder)
    for name in names:
        for entry, looked in _below(os.path.join(real, name)):
            wrong = _open_to_others(entry, looked, me)
            if wrong is not None:
                inside = entry.startswith(real + os.sep)  # else a link led there, and `chmod -R` does not follow it
                return msgspec.structs.replace(wrong, tree=real if inside else "")
    return None


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the user alone; whatever the umask.

    Raises:
        OSError: it can't be made, or somebody else has made it just now.
    """
    missing = [folder]
    while not os.path.lexists(missing[-1]):
        missing.append(missing[-1].parent)
    for each in reversed(missing[:-1]):
        try:
            os.mkdir(each, 0o700)
        except FileExistsError:
            if os.name == "posix" and os.lstat(each).st_uid not in (os.geteuid(), ROOT):
                raise
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))


def _way_to(path: Path) -> tuple[list[Entry], bool]:
    """Every entry that is passed on the way to a path, links and what they lead to, and whether the way leads to its end."""
    entries = [(os.sep, os.lstat(os.sep))]
    here, links = os.sep, 0
    rest = [part for part in reversed(os.path.join(os.getcwd(), path).split(os.sep)) if part not in ("", ".")]
    while rest:
        part = rest.pop()
        if part == os.pardir:
            here = os.path.dirname(here)
            continue
        entry = os.path.join(here, part)
        try:
            found = os.lstat(entry)
        except OSError:  # it is missing, or a folder before it can't be entered
            return entries, False
        entries.append((entry, found))
        if not stat.S_ISLNK(found.st_mode):
            here = entry
            continue
        links += 1
        if links > MOST_LINKS:
            return entries, False
        target = os.readlink(entry)
        here = os.sep if os.path.isabs(target) else here
        rest += [part for part in reversed(target.split(os.sep)) if part not in ("", ".")]
    if entries[-1][0] != here:  # it ends in `..`
        entries.append((here, os.lstat(here)))
    return entries, True


def _below(folder: str) -> Iterator[Entry]:
    """All that is in a folder, as lstat(2) sees it, and all that its links lead to."""
    pending, seen = [folder], set()
    while pending:
        path = pending.pop()
        if path in seen:
            continue
        seen.add(path)
        try:
            found = os.lstat(path)
            yield path, found
            if stat.S_ISLNK(found.st_mode):
                pending.append(os.path.realpath(path))
            elif stat.S_ISDIR(found.st_mode):
                pending += [entry.path for entry in os.scandir(path)]
        except OSError:  # it went away, or can't be read: then it isn't run either
            continue


def _open_to_others(path: str, found: os.stat_result, me: int) -> Weakness | None:
    link = stat.S_ISLNK(found.st_mode)
    if not _is_ours(found.st_uid, me):
        return Weakness(path=path, owner=found.st_uid, mode=found.st_mode, link=link)
    if found.st_mode & OTHERS_WRITE and not link:  # a link's own mode means nothing
        return Weakness(path=path, owner=None, mode=found.st_mode)
    return None


def _is_ours(owner: int, me: int) -> bool:
    return owner in (me, ROOT)


def _is_unmapped(owner: int) -> bool:
    """Whether an owner is one that this user namespace does not know: root's folders look so in one that maps a single user."""
    try:
        overflow = int(Path("/proc/sys/kernel/overflowuid").read_text())
        lines = Path("/proc/self/uid_map").read_text().splitlines()
    except (OSError, ValueError):  # there are no user namespaces
        return False
    ranges = [tuple(map(int, line.split())) for line in lines]
    return owner == overflow and not any(first <= owner < first + count for first, _, count in ranges)


def _name(owner: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return str(owner)
