"""Mutants that are no mistake: what an author has marked as equivalent, with a reason, in `mutants.toml` of the problem's folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from judge.explain.edits.mutants import Mutant
from problems import BrokenProblem, Problem

FILE = "mutants.toml"
_HEADER = re.compile(r"^\s*\[\[\s*equivalent\s*\]\]")
LEAST_REASON = 20  # letters


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mutant that computes what the reference does, or what the statement leaves open.

    Attributes:
        line: the reference's line, without the blanks around it.
        change: as `judge verify` prints it.
        reason: why no check can or may reject it.
    """

    line: str
    change: str
    reason: str


class Unconditional(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A condition under which the reference may be wrong: the statement promises nothing there, or nothing can see it.

    Attributes:
        change: as `judge verify` prints it.
        reason: why no check can or may reject it.
    """

    change: str
    reason: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    equivalent: tuple[Equivalent, ...] = ()
    condition: tuple[Unconditional, ...] = ()


class Marked(msgspec.Struct, frozen=True):
    """What the file says.

    Attributes:
        reasons: by the source of the mutant.
        faults: entries that have no reason or match no mutant of the reference, a sentence each.
    """

    reasons: dict[str, str] = {}
    faults: tuple[str, ...] = ()


def _read(problem: Problem) -> tuple[Path, str, _File]:
    """The file, its text and what it says; nothing where there is none.

    Raises:
        BrokenProblem: it can't be read.
    """
    path = problem.folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        return path, text, msgspec.toml.decode(text, type=_File)
    except FileNotFoundError:
        return path, "", _File()
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BrokenProblem(f"{path}: {error}") from error


def read_conditions(problem: Problem, every: Sequence[Mutant]) -> Marked:
    """The conditions that are marked, of those that there are.

    Raises:
        BrokenProblem: the file can't be read.
    """
    path, _, file = _read(problem)
    reasons: dict[str, str] = {}
    faults = []
    for each in file.condition:
        if len(each.reason) < LEAST_REASON:
            faults.append(f"{path}: the condition {each.change!r} has no reason that says anything")
        matching = [mutant for mutant in every if mutant.change == each.change]
        if not matching:
            faults.append(f"{path}: there is no condition {each.change!r}; judge verify prints those that survive")
        reasons |= {mutant.source: each.reason for mutant in matching}
    return Marked(reasons, tuple(faults))


def read_equivalents(problem: Problem, every: Sequence[Mutant]) -> Marked:
    """What is marked.

    Raises:
        BrokenProblem: the file can't be read.
    """
    path, text, file = _read(problem)
    found = file.equivalent
    lines = problem.solution.splitlines()
    headers = [n for n, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    reasons: dict[str, str] = {}
    faults = []
    for each, header in zip(found, headers, strict=True):
        place = f"{path}, line {header}"
        if len(each.reason) < LEAST_REASON:
            faults.append(f"{place}: {each.change!r} has no reason that says anything")
        matching = [m for m in every if m.change == each.change and lines[m.line - 1].strip() == each.line]
        if not matching:
            faults.append(
                f"{place}: no mutant of {each.line!r} is {each.change!r}; judge verify prints those that survive: copy one, "
                "or take this entry out"
            )
        reasons |= {mutant.source: each.reason for mutant in matching}
    return Marked(reasons, tuple(faults))
