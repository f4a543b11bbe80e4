"""Asking the recorded cases of a problem, before all others."""

from __future__ import annotations

import msgspec

from judge.cases import Corpus, Recorded
from judge.running.examination import Examiner, Fault
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check
from sandbox import Door


class Replayed(msgspec.Struct, frozen=True):
    """The first recorded case on which a solution fails: of which check, what was asked, and what is wrong.

    Attributes:
        ended: the run ended in it.
    """

    check: Check
    recorded: Recorded
    case: Case
    program: Program
    fault: Fault
    ended: bool


def replay(corpus: Corpus, door: Door, examiner: Examiner) -> Replayed | None:
    """Ask them in one message; the first one that fails, in the order of the checks, or None."""
    door.post(corpus.asking)
    for part in corpus.parts:
        for right in part.rights:
            right.prepare()
    replies = iter(door.collect())
    number = -1
    for part, origins in zip(corpus.parts, corpus.origins, strict=True):
        for case, program, right, origin in zip(part.cases, part.programs, part.rights, origins, strict=True):
            number += 1
            end = door.end if door.end is not None and door.end.program == number else None
            fault = examiner.examine(part.check, case, program, next(replies), end, right)
            if fault is not None:
                return Replayed(part.check, origin, case, program, fault, door.end is not None)
    return None
