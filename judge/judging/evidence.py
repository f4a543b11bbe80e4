"""What is kept of a run for the explanation."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from judge.cases import PreparedCheck
from judge.explain import Evidence
from judge.program import to_answers
from judge.running import Replayed
from sandbox import Reply

MOST_BESIDE = 8  # cases of each check that are looked at beside the one that failed


def evidence_of(ready: PreparedCheck, replies: Sequence[Sequence[Reply]], failed: int) -> list[Evidence]:
    """What is kept of the answers to a check: the case that failed first (`failed`, -1: none) and a few others.

    Answers that could not be read are left out: they agree with nothing.
    """
    places = dict.fromkeys([*([failed] if failed >= 0 else []), *range(min(MOST_BESIDE, len(ready.cases)))])
    kept: list[Evidence] = []
    for place in places:
        if not replies[place] or any(reply.part is not None for reply in replies[place]):
            continue
        try:
            answers = to_answers(replies[place])
        except (msgspec.ValidationError, ValueError, TypeError):
            continue
        case, program, right = ready.cases[place], ready.programs[place], ready.rights[place]
        kept.append(Evidence(ready.check, case, program, answers, right, place == failed, len(kept)))
    return kept


def evidence_of_recorded(found: Replayed) -> list[Evidence]:
    """The same of a recorded case that failed."""
    if not found.replies or any(reply.part is not None for reply in found.replies):
        return []
    try:
        answers = to_answers(found.replies)
    except (msgspec.ValidationError, ValueError, TypeError):
        return []
    return [Evidence(found.check, found.case, found.program, answers, found.right, failed=True)]
