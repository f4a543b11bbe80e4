"""Recorded cases that rejected mistakes before: asked before all others, in one message, so that the usual wrong answer is known at once.

A case is recorded by what it is drawn from: check, seed and number. A check whose strategy has changed draws another one from that, as
good a case as any. They stand in a problem's `corpus.json`, which `judge verify NAME --record` writes; a problem without one has none.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from judge.cases.drawing import Drawing
from judge.verdict import ProblemError
from problems import Problem
from problems.cases import Case
from problems.checks import Check

FILE = "corpus.json"
OLD_FILE = "opening.json"  # what packs called it before; read where there is no other


class Recorded(msgspec.Struct, frozen=True, array_like=True):
    """One case: case `number` of `check` under `seed`."""

    check: str
    seed: int
    number: int


def read_corpus(problem: Problem) -> tuple[Recorded, ...]:
    """The recorded cases of a problem.

    Raises:
        ProblemError: the file can't be read.
    """
    path = problem.folder / FILE
    if not path.exists():
        path = problem.folder / OLD_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Recorded, ...])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        mend = f"delete it, and let `judge verify {problem.slug} --record` write it anew"
        raise ProblemError(f"{path} can't be read ({error}): {mend}") from error


def write_corpus(problem: Problem, cases: Sequence[Recorded]) -> None:
    """Record these in place of those that were."""
    lines = ",\n".join(f"  {msgspec.json.encode(case).decode()}" for case in cases)
    (problem.folder / FILE).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    (problem.folder / OLD_FILE).unlink(missing_ok=True)


def drawn(cases: Sequence[Recorded], checks: Sequence[Check]) -> list[tuple[Check, list[tuple[Recorded, Case]]]]:
    """The cases by their checks, in the order of these; what no check here can draw is left out.

    Checks that are measured, or want a process of their own, have none.
    """
    found: list[tuple[Check, list[tuple[Recorded, Case]]]] = []
    for check in checks:
        if check.timed or check.own_process:
            continue
        mine = [each for each in cases if each.check == check.name and 0 <= each.number < check.cases]
        if mine:
            found.append((check, [(each, Drawing(check, each.seed).case(each.number)) for each in mine]))
    return found
