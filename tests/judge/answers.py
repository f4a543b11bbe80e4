"""The answers with known verdicts, and how one is judged."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.settings import Configuration
from judge.source import reject_unread
from judge.verdict import Kind, Verdict
from problems import all_problems, find_problem
from tests.case_sets import case_set_for
from tests.judge.judging import read_submission

FIRST = ("kv_cache", "lora", "lstm", "multi_head_attention", "sampling")
FOLDER = Path(__file__).resolve().parent.parent / "answers"
VERDICT = re.compile(rb"^Verdict: ([a-z_ |]+)$", re.MULTILINE)
# An endless loop costs as much as it may: two seconds tell as much as ten.
QUICK = Configuration(call_seconds=2.0)


class KnownAnswer(msgspec.Struct, frozen=True):
    """A file, the problem it answers, and the verdicts that are fair."""

    path: Path
    problem: str
    fair: tuple[Kind, ...]

    @property
    def name(self) -> str:
        """ "lstm/wrong/gates_swapped.py" """
        return "/".join(self.path.parts[-3:])

    @property
    def right(self) -> bool:
        """Whether it must be accepted."""
        return self.fair == (Kind.ACCEPTED,)


def known_answers() -> list[KnownAnswer]:
    """Everything under tests/answers, accepted/ of every problem, and every reference."""
    found = []
    for problem in all_problems():
        right = [*(problem.folder / "accepted").glob("*.py"), *(FOLDER / problem.slug / "right").glob("*.py")]
        found += [KnownAnswer(path, problem.slug, (Kind.ACCEPTED,)) for path in sorted(right)]
        found.append(KnownAnswer(problem.reference, problem.slug, (Kind.ACCEPTED,)))
        for path in sorted((FOLDER / problem.slug / "wrong").glob("*.py")):
            found.append(KnownAnswer(path, problem.slug, _fair(path)))
    return found


def some_answers(most_wrong: int) -> list[KnownAnswer]:
    """All right answers, and of each problem's wrong ones so many, evenly spread over their names; of the later problems half as many."""
    chosen = []
    for problem in all_problems():
        mine = [answer for answer in known_answers() if answer.problem == problem.slug]
        wrong = [answer for answer in mine if not answer.right]
        chosen += [answer for answer in mine if answer.right]
        most = most_wrong if problem.slug in FIRST else most_wrong // 2
        chosen += wrong[:: max(1, len(wrong) // max(1, most))][:most]
    return chosen


def _fair(path: Path) -> tuple[Kind, ...]:
    said = VERDICT.search(path.read_bytes())
    if said is None:
        raise ValueError(f"{path} has no line 'Verdict: ...'")
    return tuple(Kind(word.strip()) for word in said[1].decode().split("|"))


def judge_answer(answer: KnownAnswer, seed: int, sandbox: Sandbox, *, full: bool = False) -> Verdict:
    """Judge it briefly, up to the first check that fails; or in full, with a counterexample."""
    both = {"torch", "numpy"} <= set(find_problem(answer.problem).frameworks)
    framework = "numpy" if both and answer.path.stem.startswith("numpy") else None
    submission = read_submission(answer.path, problem=answer.problem, framework=framework)
    hangs = Kind.TIME_LIMIT in answer.fair
    return reject_unread(submission, seed) or judge_submission(
        submission,
        seed=seed,
        sandbox=sandbox,
        configuration=QUICK if hangs else Configuration(),
        first_failure_only=not full,
        case_set=case_set_for(submission, seed),
    )
