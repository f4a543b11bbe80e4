"""Asking the recorded cases of a problem, before all others and whatever the seed is."""

from __future__ import annotations

import msgspec

from judge.cases import Corpus, Recorded, surely_right
from judge.oracle import Expected
from judge.running.examination import Examiner, Fault
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check
from sandbox import Door, Reply


class Replayed(msgspec.Struct, frozen=True):
    """A recorded case on which a solution fails: of which check, what was asked, what came back, and what is wrong.

    Attributes:
        ended: the run ended in it.
    """

    check: Check
    recorded: Recorded
    case: Case
    program: Program
    replies: list[Reply]
    right: Expected
    fault: Fault
    ended: bool


def replay(corpus: Corpus, door: Door, examiner: Examiner) -> tuple[Replayed, ...]:
    """Ask them in one message; of each check the first one that fails, in the order of the checks."""
    door.post(corpus.asking)
    for part in corpus.parts:
        if not part.known:
            for right in part.rights:
                right.prepare()
    replies = iter(door.collect())
    found: dict[str, Replayed] = {}
    number = -1
    for part, origins in zip(corpus.parts, corpus.origins, strict=True):
        for place, origin in enumerate(origins):
            number += 1
            end = door.end if door.end is not None and door.end.program == number else None
            if door.end is not None and number > door.end.program:
                return tuple(found.values())  # it was not asked any more
            mine = next(replies)
            if end is None and (part.facts.name in found or surely_right(part, place, mine)):
                continue
            case, program, right = part.cases[place], part.programs[place], part.rights[place]
            fault = examiner.examine(part.check, case, program, mine, end, right)
            if fault is not None:
                found[part.check.name] = Replayed(
                    part.check, origin, case, program, mine, right, fault, end is not None
                )
    return tuple(found.values())
