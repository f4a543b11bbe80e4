"""The files of a batch: found below folders, and opened so that no symbolic link leads out of them.

Who hands in a file may hand in a link as well: to a key of the person who judges, or to a device that never ends. So a link is not
followed. Where that is asked for, those are followed that lead to a place inside the folder. What was found is opened later, step by step
from the folder's descriptor and never through a link (open(2), O_NOFOLLOW): what is put in its place meanwhile is not read.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from judge.source import code_of, most_bytes
from judge.verdict import UsageError, counted, escaped

MOST_NAMED = 5
STEPWISE = hasattr(os, "O_NOFOLLOW") and os.open in os.supports_dir_fd  # not on Windows

ENDINGS = (".py", ".ipynb")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is to be judged.

    Attributes:
        path: as results name it.
        folder: where its opening begins.
        mark: device and number of that folder when the file was found.
        parts: the way from there; no link is among them.
        refusal: why it is not read; "" where it is to be.
    """

    path: Path
    folder: Path = Path()
    mark: tuple[int, int] = (0, 0)
    parts: tuple[str, ...] = ()
    refusal: str = ""


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, the links that were not followed, as they are shown, and how many files of which other endings there are."""

    found: tuple[Found, ...]
    left_out: tuple[str, ...]
    follow: bool
    others: dict[str, int] = {}

    @property
    def remark(self) -> str:
        """Which links and other files were left out, in sentences; "" where there were none."""
        return " ".join(filter(None, (self._of_links(), self._of_others())))

    def _of_others(self) -> str:
        if not self.others:
            return ""
        each = sorted(self.others.items(), key=lambda item: (-item[1], item[0]))
        more = f" and {len(each) - MOST_NAMED} other endings" if len(each) > MOST_NAMED else ""
        named = ", ".join(f"{count} x {escaped(ending)}" for ending, count in each[:MOST_NAMED]) + more
        return f"Not judged, since only *.py and *.ipynb are: {named}."

    def _of_links(self) -> str:
        if not self.left_out:
            return ""
        were = "was" if len(self.left_out) == 1 else "were"
        more = len(self.left_out) - MOST_NAMED
        named = ", ".join(self.left_out[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        hint = "" if self.follow else " --follow-links follows those that stay inside the folder."
        return f"{counted(len(self.left_out), 'symbolic link')} {were} not followed: {named}.{hint}"


class ChangedError(Exception):
    """What was found is something else now: the message says what, to stand after its name."""


def files_below(paths: Sequence[Path], *, follow: bool = False) -> Files:
    """The files that these name: each file, and every *.py and *.ipynb below each folder, sorted; nothing hidden, nothing twice.

    Args:
        paths: as they were typed.
        follow: follow links that stay inside the folder.

    Raises:
        UsageError: one is not there, or a folder holds none.
    """
    found: dict[Path, Found] = {}
    left_out: dict[str, None] = {}
    others: Counter[str] = Counter()
    for path in paths:
        if path.is_symlink() and not path.is_dir():
            found[path] = _link_named(path, follow)
        elif path.is_dir():
            below = _Below(_folder_named(path, follow), path, follow)
            below.search()
            if not below.found:
                links = Files(found=(), left_out=tuple(below.left_out), follow=follow, others=dict(below.others)).remark
                raise UsageError(f"There is no *.py or *.ipynb file in {_shown(path)} or below. {links}".rstrip())
            found |= {each.path: each for each in sorted(below.found, key=lambda each: each.path)}
            left_out |= dict.fromkeys(sorted(below.left_out))
            others.update(below.others)
        elif path.exists():
            found[path] = Found(path=path, folder=path.parent, mark=_mark(path.parent), parts=(path.name,))
        else:
            raise UsageError(f"There is no file or folder {_shown(path)}.")
    return Files(found=tuple(found.values()), left_out=tuple(left_out), follow=follow, others=dict(others))


def read(file: Found, most: int) -> bytes:
    """The beginning of a file that was found.

    Raises:
        ChangedError: it is not what was found, or no file at all.
        OSError: it can't be read.
    """
    descriptor = _opened(file) if STEPWISE else _opened_by_name(file)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ChangedError("is no file that can be read")
        return stream.read(most)


def _opened(file: Found) -> int:
    """A descriptor, reached through folders that are no links."""
    here = os.open(file.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if _mark_of(os.fstat(here)) != file.mark:
            raise ChangedError("was changed while the batch went on: its folder is another one now")
        for name in file.parts[:-1]:
            _require(name, here, stat.S_ISDIR)
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = inner
        _require(file.parts[-1], here, stat.S_ISREG)
        # A pipe that takes the file's place after this look must not be waited for.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        return os.open(file.parts[-1], flags, dir_fd=here)
    finally:
        os.close(here)


def _require(name: str, folder: int, kind: object) -> None:
    """Look before opening: opening a link fails with a number that says little, and opening a device may do something."""
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise ChangedError("was changed while the batch went on: a symbolic link is on the way to it now")
    if not kind(mode):  # type: ignore[operator]
        raise ChangedError("is no file that can be read")


def _opened_by_name(file: Found) -> int:
    """The same where the system can't open from a descriptor: links are told by a look before."""
    path = file.folder
    for name in file.parts:
        path /= name
        if path.is_symlink():
            raise ChangedError("was changed while the batch went on: a symbolic link is on the way to it now")
    if not path.is_file():
        raise ChangedError("is no file that can be read")
    return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))


class _Below:
    """The search below one folder.

    Args:
        folder: to search, itself no link.
        shown: as it was typed.
        follow: follow links that stay inside it.
    """

    def __init__(self, folder: Path, shown: Path, follow: bool) -> None:
        self._folder = folder
        self._shown = shown
        self._real = Path(os.path.realpath(folder))
        self._mark = _mark(folder)
        self._follow = follow
        self._entered: set[Path] = set()
        self._links: list[Path] = []
        self.found: list[Found] = []
        self.left_out: list[str] = []
        self.others: Counter[str] = Counter()

    def search(self) -> None:
        """Go through the folder itself, and then through what its links add: nothing is entered twice, so that loops end."""
        self._enter(self._real, self._shown)
        while self._links:
            link = self._links.pop(0)
            if not self._follow:
                self.left_out.append(_shown(link))
                continue
            try:
                target = Path(os.path.realpath(link, strict=True))
            except OSError:
                self.left_out.append(f"{_shown(link)} (leads nowhere)")
                continue
            if not target.is_relative_to(self._real):
                self.left_out.append(f"{_shown(link)} (leads outside)")
            elif target.is_dir():
                self._enter(target, link)
            else:
                self._add(link, target)

    def _enter(self, real: Path, shown: Path) -> None:
        """Take what is in a folder and below; links wait until all that is no link is known."""
        for where, folders, names in os.walk(real):
            here = Path(where)
            if here in self._entered:
                folders[:] = []
                continue
            self._entered.add(here)
            name_of = shown / here.relative_to(real)
            kept = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
            self._links += [name_of / name for name in kept if (here / name).is_symlink()]
            folders[:] = [name for name in kept if not (here / name).is_symlink()]
            seen = [name for name in names if not name.startswith(".")]
            self.others.update(Path(name).suffix or "no ending" for name in seen if not name.endswith(ENDINGS))
            for name in sorted(name for name in seen if name.endswith(ENDINGS)):
                if (here / name).is_symlink():
                    self._links.append(name_of / name)
                else:
                    self._add(name_of / name, here / name)

    def _add(self, shown: Path, real: Path) -> None:
        parts = real.relative_to(self._real).parts
        self.found.append(Found(path=shown, folder=self._folder, mark=self._mark, parts=parts))


def _folder_named(path: Path, follow: bool) -> Path:
    """A folder that was typed; one that is a link only where that stays where it is.

    Raises:
        UsageError: it is a link that is not followed.
    """
    if not path.is_symlink():
        return path
    real = Path(os.path.realpath(path))
    if follow and real.is_relative_to(os.path.realpath(path.parent)):
        return real
    outside = " that leads outside the folder it is in" if follow else ""
    raise UsageError(f"{_shown(path)} is a symbolic link{outside}. Name the folder that it leads to: {_shown(real)}.")


def _link_named(path: Path, follow: bool) -> Found:
    """A link to a file that was typed, or that the shell found for a pattern that was."""
    if not follow:
        said = "is a symbolic link, which is not followed; --follow-links follows it where it stays inside its folder."
        return Found(path=path, refusal=f"{_shown(path)} {said}")
    folder = Path(os.path.realpath(path.parent))
    try:
        target = Path(os.path.realpath(path, strict=True))
    except OSError:
        return Found(path=path, refusal=f"{_shown(path)} is a symbolic link that leads nowhere.")
    if not target.is_relative_to(folder):
        return Found(path=path, refusal=f"{_shown(path)} is a symbolic link that leads outside its folder.")
    return Found(path=path, folder=folder, mark=_mark(folder), parts=target.relative_to(folder).parts)


def _mark(folder: Path) -> tuple[int, int]:
    return _mark_of(folder.stat())


def _mark_of(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _shown(path: Path) -> str:
    return escaped(str(path))


def sources(files: Iterable[Found]) -> Iterator[tuple[Found, bytes, str]]:
    """Each file with its code, or as much as is more than a solution may have, read when its turn comes; or with why it is not read."""
    for file in files:
        name = _shown(file.path)
        if file.refusal:
            yield file, b"", file.refusal
            continue
        try:
            yield file, code_of(file.path.name, read(file, most_bytes(file.path.name) + 1)), ""
        except ChangedError as error:
            yield file, b"", f"{name} {error}."
        except OSError as error:
            yield file, b"", f"{name} can't be read: {error.strerror or error}."
