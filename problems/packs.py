"""Packs: folders and installed packages that bring problems, found without importing anything of them.

A pack is a folder that holds `problems/NAME/` and `reference/NAME.py` beside each other, and perhaps `frameworks.toml`
(`problems.frameworks`). This project is one, called "judge"; the configuration names more folders; and a Python package brings one by
an entry point of the group `judge.problems`, whose name is the pack's and whose value is the package:

    [project.entry-points."judge.problems"]
    course = "course_problems"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import metadata
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path

import msgspec

from problems.frameworks import FILE
from problems.trust import weakness_below

OWN = "judge"
GROUP = "judge.problems"
HOME = Path(__file__).resolve().parents[1]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class Pack(msgspec.Struct, frozen=True):
    """Where problems come from.

    Attributes:
        name: what stands before the slash in "course/softmax".
        folder: holds `problems/` and `reference/`.
        trouble: why nothing can be read of it, a sentence without its end; "" where nothing is known against it.
    """

    name: str
    folder: Path
    trouble: str = ""

    @property
    def prefix(self) -> str:
        """What the names of its problems begin with: nothing for this project's own."""
        return "" if self.folder == HOME else self.name


def find_packs(folders: Sequence[Path]) -> tuple[Pack, ...]:
    """This project's own problems, those of installed packages, and those in the folders; each folder once, each name once."""
    packs: dict[Path, Pack] = {}
    names: dict[str, Path] = {}
    for pack in (Pack(OWN, HOME), *_installed(), *(_of_folder(folder) for folder in folders)):
        if pack.folder in packs and not pack.trouble:
            continue
        if not pack.trouble and pack.name.lower() in names:
            other = names[pack.name.lower()]
            pack = Pack(
                pack.name, pack.folder, f"{pack.folder} has the name of the pack in {other}: rename one of them"
            )
        names.setdefault(pack.name.lower(), pack.folder)
        packs[pack.folder] = pack
    return tuple(packs.values())


def _of_folder(folder: Path) -> Pack:
    folder = folder.resolve()
    name = folder.name
    if not folder.is_dir():
        return Pack(name, folder, f"there is no folder {folder}")
    if folder != HOME and not _NAME.fullmatch(name):
        return Pack(name, folder, f"{folder} has a name that can't be typed: use letters, digits, `_`, `-` and `.`")
    return Pack(name, folder, _without_problems(folder) or _in_other_hands(folder))


def _in_other_hands(folder: Path) -> str:
    """Why the files of a pack are not trusted; "" where they are. Those of this project are what asks, and are not asked."""
    found = None if folder == HOME else weakness_below(folder, ("problems", "reference", FILE))
    if found is None:
        return ""
    mended = f"`{found.command}` takes that right away" if found.command else "name a copy of your own"
    return f"{found.words}, and what it brings runs as a part of the judge: {mended}"


def _installed() -> Iterator[Pack]:
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
        folder = _package_folder(entry.value)
        if folder is None:
            yield Pack(
                entry.name, Path(entry.value), f"its entry point names {entry.value!r}, and there is no such package"
            )
        elif not _NAME.fullmatch(entry.name):
            yield Pack(entry.name, folder, "its name can't be typed: use letters, digits, `_`, `-` and `.`")
        else:
            yield Pack(entry.name, folder, _without_problems(folder))


def _package_folder(dotted: str) -> Path | None:
    """The folder of a package, found by the import system but not imported, nor are those that it lies in."""
    top, *parts = dotted.strip().split(".")
    try:
        spec = find_spec(top)
        for part in parts:
            places = None if spec is None else spec.submodule_search_locations
            spec = None if places is None else PathFinder.find_spec(part, list(places))
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _without_problems(folder: Path) -> str:
    return "" if (folder / "problems").is_dir() else f"{folder} has no folder `problems`"
