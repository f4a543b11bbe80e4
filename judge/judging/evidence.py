"""What is kept of a run for the explanation."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from judge.cases import ReadyCheck
from judge.explain import Evidence
from judge.oracle import Expected
from judge.program import to_answers
from judge.running import Replayed
from problems.asks import Answers, Program
from problems.cases import Case
from problems.checks import CheckFacts
from sandbox import Reply

MOST_BESIDE = 8  # cases of each check that are looked at beside the one that failed


class Answered(msgspec.Struct, frozen=True):
    """What came back on some cases of a check.

    Attributes:
        ready: the check.
        replies: by the number of the case.
        failed: the number of the case that failed; -1 where none did.
    """

    ready: ReadyCheck
    replies: dict[int, Sequence[Reply]]
    failed: int


def answered(ready: ReadyCheck, replies: Sequence[Sequence[Reply]], failed: int) -> Answered:
    """What is kept of a check: the case that failed first, and a few others."""
    places = dict.fromkeys([*([failed] if failed >= 0 else []), *range(min(MOST_BESIDE, ready.count))])
    return Answered(ready, {place: replies[place] for place in places}, failed)


def check_of(came: Answered | Replayed) -> CheckFacts:
    """The check that was answered."""
    return came.check if isinstance(came, Replayed) else came.ready.facts


def evidence_of(came: Answered | Replayed) -> list[Evidence]:
    """The same as the explanation takes it. Answers that could not be read are left out: they agree with nothing."""
    if isinstance(came, Replayed):
        answers = _readable(came.replies)
        if answers is None:
            return []
        return [Evidence(came.check, came.case, came.program, answers, came.right, failed=True)]
    kept: list[Evidence] = []
    for place, replies in came.replies.items():
        answers = _readable(replies)
        if answers is None:
            continue
        case, program, right = _asked(came.ready, place)
        known = came.ready.known[place] if came.ready.known else None
        failed = place == came.failed
        kept.append(Evidence(came.ready.check, case, program, answers, right, failed, len(kept), known))
    return kept


def _asked(ready: ReadyCheck, place: int) -> tuple[Case, Program, Expected]:
    return ready.cases[place], ready.programs[place], ready.rights[place]


def _readable(replies: Sequence[Reply]) -> Answers | None:
    if not replies or any(reply.part is not None for reply in replies):
        return None
    try:
        return to_answers(replies)
    except (msgspec.ValidationError, ValueError, TypeError):
        return None
