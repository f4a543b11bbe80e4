"""Mutants that are no mistake: what an author has marked as equivalent, with a reason, in `mutants.toml` of the problem's folder."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from judge.authoring.mutants import Mutant
from problems import BrokenProblem, Problem

FILE = "mutants.toml"
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


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    equivalent: tuple[Equivalent, ...] = ()


def read_equivalents(problem: Problem, every: Sequence[Mutant]) -> dict[str, str]:
    """Reasons by the source of the mutant.

    Raises:
        BrokenProblem: the file can't be read, an entry has no reason, or matches no mutant of the reference.
    """
    path = problem.folder / FILE
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=_File).equivalent
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise BrokenProblem(f"{path}: {error}") from error
    lines = problem.solution.splitlines()
    reasons: dict[str, str] = {}
    for each in found:
        if len(each.reason) < LEAST_REASON:
            raise BrokenProblem(f"{path}: {each.change!r} has no reason that says anything")
        matching = [m for m in every if m.change == each.change and lines[m.line - 1].strip() == each.line]
        if not matching:
            raise BrokenProblem(
                f"{path}: no mutant of {each.line!r} is {each.change!r}; judge verify prints those there are"
            )
        reasons |= {mutant.source: each.reason for mutant in matching}
    return reasons
