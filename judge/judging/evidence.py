"""What is kept of a run for the explanation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from judge.cases import CaseSet, ReadyCheck
from judge.explain import Evidence
from judge.oracle import Expected
from judge.program import to_answers
from judge.running import Replayed
from problems.asks import Answers, Program
from problems.cases import Case
from problems.checks import CheckFacts
from sandbox import Reply

MOST_BESIDE = 8  # cases of each check that are looked at beside the one that failed
MOST_PASSED, MOST_PASSED_EACH = 200, 16  # further cases of checks that passed, in all and of each


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
    """What is kept of a check: the case that failed first, and a few others. Where a gate failed, nothing else is asked: all of them."""
    most = ready.count if failed >= 0 and ready.facts.gate else MOST_BESIDE
    places = dict.fromkeys([*([failed] if failed >= 0 else []), *range(min(most, ready.count))])
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


def passed_cases(run_checks: Iterable[tuple[CheckFacts, bool]], case_set: CaseSet) -> Iterator[Evidence]:
    """Cases of the checks that passed, beyond those that are kept: one of each check, then the next of each.

    Args:
        run_checks: the checks in their order, and whether each passed.
        case_set: of which they are.
    """
    every = [case_set.prepare(facts) for facts, passed in run_checks if passed and not facts.timed]
    every = [ready for ready in every if not ready.check.stochastic]
    left = MOST_PASSED
    for place in range(MOST_BESIDE, MOST_BESIDE + MOST_PASSED_EACH):
        for ready in every:
            if place < ready.count and left:
                left -= 1
                case, program, right = _asked(ready, place)
                yield Evidence(ready.check, case, program, {}, right, failed=False, place=place)


def _asked(ready: ReadyCheck, place: int) -> tuple[Case, Program, Expected]:
    return ready.cases[place], ready.programs[place], ready.rights[place]


def _readable(replies: Sequence[Reply]) -> Answers | None:
    if not replies or any(reply.part is not None for reply in replies):
        return None
    try:
        return to_answers(replies)
    except (msgspec.ValidationError, ValueError, TypeError):
        return None
