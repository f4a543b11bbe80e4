"""Whether answers that are recognised as right are right: `python -m tests.recognised [PROBLEM ...] [--kinds right,wrong]`.

Every answer of the corpus is asked every check. What was recognised from its frames (`judge.cases.recognising`) is then built and looked
at as carefully as anything else. Prints what was recognised and is wrong, which must be nothing, and how much of right answers was not
recognised though it could be said what is right.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from judge.cases import CaseSet, surely_right
from judge.isolation import Sandbox, open_sandbox
from judge.judging.trial import Trial, limits_of
from judge.running import carry_out
from judge.settings import Configuration
from judge.source import Submission
from problems import all_problems
from tests.judge.answers import FOLDER
from tests.judge.judging import read_submission

SEED = 11


class Seen(msgspec.Struct):
    """What came of one answer.

    Attributes:
        cases: that it was asked.
        recognised: of these.
        could: be recognised: it can be said what is right.
        unsound: recognised, and wrong.
    """

    name: str
    cases: int = 0
    recognised: int = 0
    could: int = 0
    unsound: list[str] = []


def answers(problem: str, kinds: Sequence[str]) -> Iterator[Submission]:
    """The answers to a problem of these kinds, each in its framework."""
    for kind in kinds:
        for path in sorted((FOLDER / problem / kind).glob("*.py")):
            both = (FOLDER.parents[1] / "problems" / problem / "starter_numpy.py").exists()
            yield read_submission(path, problem=problem, framework="numpy" if both and "numpy" in path.stem else None)


def made_ahead(submission: Submission) -> CaseSet:
    """The cases for an answer, with all that can be said of what is right."""
    case_set = CaseSet(submission.problem, submission.framework, SEED, kept=True)
    for _ in case_set.ahead(thorough=True):
        pass
    return case_set


def seen(submission: Submission, case_set: CaseSet, sandbox: Sandbox) -> Seen:
    """Ask one answer every check, and look again at what was recognised."""
    trial = Trial(submission, case_set, sandbox, limits_of(submission.problem, Configuration()))
    found = Seen(Path(submission.filename).name)
    door = trial.begin()
    try:
        if trial.loaded(door) is not None:
            return found
        for check in case_set.checks:
            if door.end is not None:
                door.close()
                door = trial.open_loaded()
            ready = case_set.prepare(check)
            came = carry_out(ready, door)
            for number, replies in enumerate(came.replies):
                found.cases += 1
                found.could += ready.known[number] is not None
                if (came.end is not None and number == came.end.program) or not surely_right(ready, number, replies):
                    continue
                found.recognised += 1
                if check.timed:
                    continue  # measured again its cost is another
                asked = ready.cases[number], ready.programs[number], replies
                fault = trial.examiner.examine(check, *asked, None, ready.rights[number])
                if fault is not None:
                    found.unsound.append(f"{check.name} {number}: {fault.sentence}")
    finally:
        door.close()
    return found


def main() -> int:
    """Print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*", default=[problem.slug for problem in all_problems()])
    parser.add_argument("--kinds", default="right")
    given = parser.parse_args()
    wrong = 0
    with open_sandbox("auto") as sandbox:
        for problem in given.problems:
            sets: dict[str, CaseSet] = {}
            total = Seen(problem)
            for submission in answers(problem, given.kinds.split(",")):
                name = submission.framework.name
                sets[name] = sets.get(name) or made_ahead(submission)
                found = seen(submission, sets[name], sandbox)
                for each in found.unsound:
                    print(f"{problem}/{found.name}: recognised and wrong: {each}", flush=True)
                total.cases, total.recognised = total.cases + found.cases, total.recognised + found.recognised
                total.could += found.could
                wrong += len(found.unsound)
            print(f"{problem:26}{total.cases:8,} cases{total.could:8,} could be{total.recognised:8,} were", flush=True)
    print(f"{wrong} recognised and wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
