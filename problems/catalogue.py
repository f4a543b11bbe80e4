"""The catalogue: which problems there are, found by reading TOML only."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

import msgspec

from problems.problem import Problem

HERE = Path(__file__).resolve().parent


class BrokenProblem(Exception):
    """A problem's folder can't be read; the message names the file and what is wrong in it."""


class UnknownProblem(LookupError):
    """No problem has this name.

    Attributes:
        name: what was asked for.
        close: names that look like it, best first.
    """

    def __init__(self, name: str, close: tuple[str, ...]) -> None:
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        super().__init__(f"There is no problem called {name!r}.{hint} `judge list` shows all of them.")
        self.name = name
        self.close = close


def read_problem(folder: Path, reference: Path) -> Problem:
    """Read one problem's folder.

    Raises:
        BrokenProblem: problem.toml is missing, is not TOML, or lacks a field.
    """
    path = folder / "problem.toml"
    try:
        problem = msgspec.toml.decode(path.read_bytes(), type=Problem)
    except OSError as error:
        raise BrokenProblem(f"{path} can't be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenProblem(f"{path}: {error}") from error
    return msgspec.structs.replace(problem, slug=folder.name, folder=folder, reference=reference)


@cache
def all_problems() -> tuple[Problem, ...]:
    """Every problem of this project, by slug."""
    folders = sorted(path.parent for path in HERE.glob("*/problem.toml"))
    return tuple(read_problem(folder, HERE.parent / "reference" / f"{folder.name}.py") for folder in folders)


def find_problem(name: str) -> Problem:
    """The problem of this slug or alias; hyphens and case are forgiven.

    Raises:
        UnknownProblem: there is none; it carries the names that look like it.
    """
    wanted = name.lower().replace("-", "_")
    names = {key: problem for problem in all_problems() for key in (problem.slug, *problem.aliases)}
    if wanted in names:
        return names[wanted]
    raise UnknownProblem(name, tuple(difflib.get_close_matches(wanted, names, n=2, cutoff=0.6)))
