"""The catalogue: which problems there are, found by reading TOML only."""

from __future__ import annotations

import ast
import difflib
import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import msgspec

from problems.frameworks import BUILT_IN, BrokenProblem, Framework, brought_by, clashes
from problems.packs import HOME, OWN, Pack, find_packs
from problems.problem import Problem

_SLUG = re.compile(r"[a-z][a-z0-9_]*")


class UnknownProblem(LookupError):
    """No problem has this name.

    Attributes:
        name: what was asked for.
        close: names that look like it, best first.
        why: more on it, a sentence.
    """

    def __init__(self, name: str, close: tuple[str, ...], why: str = "") -> None:
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        more = f" {why}" if why else " `judge list` shows all of them."
        super().__init__(f"There is no problem called {name!r}.{hint}{more}")
        self.name = name
        self.close = close


class AmbiguousProblem(LookupError):
    """Problems of several packs have this name.

    Attributes:
        names: what to write in its place.
    """

    def __init__(self, name: str, names: tuple[str, ...]) -> None:
        super().__init__(f"Several problems are called {name!r}. Say which one: {' or '.join(names)}.")
        self.names = names


class Broken(msgspec.Struct, frozen=True):
    """A pack or a problem that can't be used: its name, and why."""

    name: str
    reason: str


class Catalogue(msgspec.Struct, frozen=True):
    """The problems that can be solved, and those that should be there and are broken."""

    problems: tuple[Problem, ...]
    broken: tuple[Broken, ...] = ()

    def find(self, name: str) -> Problem:
        """The problem of this slug or alias, with or without its pack before a slash; or in this folder. Hyphens and case are forgiven.

        Raises:
            UnknownProblem: there is none; it carries the names that look like it.
            AmbiguousProblem: several packs have it.
            BrokenProblem: it is there, and can't be read.
        """
        folder = Path(name)
        if _is_path(name) and (folder / "problem.toml").is_file():
            return self._in_folder(folder.resolve())
        try:
            return self.listed(name)
        except UnknownProblem as error:
            raise error if error.close else UnknownProblem(name, (), _why_no_folder(name)) from None

    def listed(self, name: str) -> Problem:
        """The same by slug or alias alone: for names that others wrote, which must lead to no folder, since checks are code.

        Raises:
            UnknownProblem: there is none; it carries the names that look like it.
            AmbiguousProblem: several packs have it.
            BrokenProblem: it is there, and can't be read.
        """
        wanted = _key(name)
        found = [problem for problem in self.problems if wanted in _keys(problem)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousProblem(name, tuple(self._full(problem) for problem in found))
        for broken in self.broken:
            if wanted in (_key(broken.name), _key(broken.name).rpartition("/")[2]):
                raise BrokenProblem(broken.reason)
        names = {key: None for problem in self.problems for key in _keys(problem)}
        close = tuple(difflib.get_close_matches(wanted, names, n=2, cutoff=0.6))
        raise UnknownProblem(name, close)

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """What its problems can be solved in: this project's own frameworks and those that packs bring."""
        return tuple(dict.fromkeys((*BUILT_IN, *(each for problem in self.problems for each in problem.brought))))

    def name_of(self, problem: Problem) -> str:
        """The shortest name that finds it and no other."""
        others = [each for each in self.problems if each is not problem and _key(problem.slug) in _keys(each)]
        return self._full(problem) if others else problem.slug

    def _full(self, problem: Problem) -> str:
        return f"{problem.pack or OWN}/{problem.slug}"

    def _in_folder(self, folder: Path) -> Problem:
        for problem in self.problems:
            if problem.folder == folder:
                return problem
        found = _read(Pack(folder.parents[1].name, folder.parents[1]), folder)
        every = [(_pack_folder(each), each.brought) for each in (*self.problems, found)]
        if why := clashes(every).get(_pack_folder(found)):
            raise BrokenProblem(why)
        return found


def read_problem(folder: Path, reference: Path, *, pack: str = "") -> Problem:
    """Read one problem's folder.

    Raises:
        BrokenProblem: problem.toml is missing, is not TOML, or lacks a field; or the frameworks of its pack can't be read.
    """
    path = folder / "problem.toml"
    try:
        problem = msgspec.toml.decode(path.read_bytes(), type=Problem)
    except OSError as error:
        raise BrokenProblem(f"{path} can't be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenProblem(f"{path}: {error}") from error
    for entry in problem.entry:
        try:
            ast.parse(f"def f{entry.signature}: pass")
        except SyntaxError as error:
            written = f"{entry.signature!r} of {entry.name}"
            raise BrokenProblem(
                f"{path}: the signature {written} can't be read: write it as `(x, mask=None)`"
            ) from error
    brought = brought_by(folder.parent.parent)
    return msgspec.structs.replace(
        problem, slug=folder.name, folder=folder, reference=reference, pack=pack, brought=brought
    )


def read_catalogue(folders: Sequence[Path] = ()) -> Catalogue:
    """Every problem: this project's own, those of installed packages, and those of the packs in these folders."""
    problems: list[Problem] = []
    broken: list[Broken] = []
    for pack in find_packs(folders):
        if pack.trouble:
            broken.append(Broken(pack.name, pack.trouble))
            continue
        for folder in _problem_folders(pack):
            try:
                problems.append(_read(pack, folder))
            except BrokenProblem as error:
                broken.append(Broken(f"{pack.prefix}/{folder.name}".strip("/"), str(error)))
    clashing = clashes((_pack_folder(problem), problem.brought) for problem in problems)
    broken += [Broken(each.name, clashing[_pack_folder(each)]) for each in problems if _pack_folder(each) in clashing]
    return Catalogue(tuple(each for each in problems if _pack_folder(each) not in clashing), tuple(broken))


@cache
def own_catalogue() -> Catalogue:
    """This project's own problems, by slug.

    Raises:
        BrokenProblem: one can't be read.
    """
    pack = Pack(OWN, HOME)
    return Catalogue(tuple(_read(pack, folder) for folder in _problem_folders(pack)))


def all_problems() -> tuple[Problem, ...]:
    """Every problem of this project, by slug."""
    return own_catalogue().problems


def find_problem(name: str) -> Problem:
    """The problem of this project that has this slug or alias.

    Raises:
        UnknownProblem: there is none; it carries the names that look like it.
    """
    return own_catalogue().find(name)


def _problem_folders(pack: Pack) -> Iterator[Path]:
    """Folders that hold a problem, or begin to."""
    for folder in sorted((pack.folder / "problems").iterdir()):
        if any((folder / name).is_file() for name in ("problem.toml", "statement.md", "checks.py")):
            yield folder


def _read(pack: Pack, folder: Path) -> Problem:
    if not _SLUG.fullmatch(folder.name):
        raise BrokenProblem(
            f"{folder}: a problem's folder is named in small letters, digits and `_`, beginning with a letter"
        )
    reference = pack.folder / "reference" / f"{folder.name}.py"
    if not reference.is_file():
        raise BrokenProblem(f"{folder} has no model answer: there is no file {reference}")
    return read_problem(folder, reference, pack=pack.prefix)


def _pack_folder(problem: Problem) -> Path:
    return problem.folder.parent.parent


def _key(name: str) -> str:
    return name.lower().replace("-", "_")


def _keys(problem: Problem) -> set[str]:
    """Everything that finds it."""
    plain = [_key(name) for name in (problem.slug, *problem.aliases)]
    return {*plain, *(f"{_key(problem.pack or OWN)}/{name}" for name in plain)}


def _why_no_folder(name: str) -> str:
    """Where the name may have been meant as a folder: what is there."""
    folder = Path(name)
    if (folder / "problems").is_dir():
        return f"{folder} holds several: give the folder of one, {folder / 'problems'}{os.sep}NAME."
    if folder.is_dir():
        return f"{folder} is a folder and holds no problem.toml."
    return f"Nor is there a folder {folder}." if name.count("/") > 1 or name.startswith(".") else ""


def _is_path(name: str) -> bool:
    return any(sign in name for sign in {"/", os.sep, os.altsep or "/"})
