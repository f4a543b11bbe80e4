"""Which mistakes are named: `python -m tests.mistakes [PROBLEM ...] [--seeds 3] [--others] [--only TEXT]`.

Judges each mistake of the catalogue as an answer, and the answers in `tests/answers/PROBLEM/mistakes/ID__STYLE.py`, other people's
code with the same mistake: each must be rejected and named as itself. With `--others`, the wrong answers as well: one that is
named must say so in its docstring, in a line `Mistake: ID`. Prints a line for whatever is not so; exit status 1 where there was one.
"""

from __future__ import annotations

import argparse
import collections
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from judge.isolation import Sandbox, open_sandbox
from judge.judging import judge_submission
from judge.source import reject_unread, submission_of
from judge.verdict import Verdict
from problems import Problem, all_problems
from problems.mistakes import mistaken, read_mistakes
from tests.case_sets import case_set_for

FOLDER = Path(__file__).resolve().parent / "answers"
NAMED = re.compile(r"^Mistake: ([a-z0-9+-]+)$", re.MULTILINE)


class Suspected(msgspec.Struct, frozen=True):
    """An answer, and the name it must get: None for none."""

    name: str
    problem: str
    source: str
    mistake: str | None
    must: bool


def suspected(problem: Problem, *, others: bool = False) -> Iterator[Suspected]:
    """The catalogue's mistakes, the same in other styles, and the wrong answers."""
    for mistake in read_mistakes(problem):
        source = mistaken(problem.solution, [mistake])
        assert source is not None
        yield Suspected(f"{problem.slug}: {mistake.id}", problem.slug, source, mistake.id, True)
    for path in sorted((FOLDER / problem.slug / "mistakes").glob("*.py")):
        yield Suspected(_shown(path), problem.slug, path.read_text(), path.stem.split("__")[0], True)
    for path in sorted((FOLDER / problem.slug / "wrong").glob("*.py")) if others else ():
        source = path.read_text(encoding="utf-8", errors="surrogateescape")
        said = NAMED.search(source)
        yield Suspected(_shown(path), problem.slug, source, said[1] if said else None, said is not None)


def _shown(path: Path) -> str:
    return "/".join(path.parts[-3:])


def judged(answer: Suspected, seed: int, sandbox: Sandbox) -> Verdict:
    """Judge one, without looking for its smallest failing input."""
    data = answer.source.encode("utf-8", "surrogateescape")
    submission = submission_of(data, "answer.py", problem=answer.problem, framework=None, stem="answer")
    return reject_unread(submission, seed) or judge_submission(
        submission, seed=seed, sandbox=sandbox, minimise=False, case_set=case_set_for(submission, seed)
    )


def fault(answer: Suspected, verdict: Verdict) -> str:
    """What is not as it must be, "" where all is."""
    diagnosis = verdict.diagnosis
    named = diagnosis.mistake if diagnosis is not None and diagnosis.source == "catalogue" else None
    if verdict.accepted:
        return "accepted"
    if named != answer.mistake and (answer.must or named is not None):
        return f"{verdict.verdict}, named {named} in place of {answer.mistake}: {verdict.headline}"
    return ""


def main() -> int:
    """Print what is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    bad = 0
    with open_sandbox("auto") as sandbox:
        for problem in all_problems():
            if options.problems and problem.slug not in options.problems:
                continue
            counts: collections.Counter[bool] = collections.Counter()
            for answer in suspected(problem, others=options.others):
                if options.only not in answer.name:
                    continue
                for seed in range(options.seeds):
                    words = fault(answer, judged(answer, seed, sandbox))
                    counts[not words] += 1
                    if words:
                        print(f"{answer.name}, seed {seed}: {words}", flush=True)
            print(f"{problem.slug:24} {counts[True]} as it must be, {counts[False]} not", flush=True)
            bad += counts[False]
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
