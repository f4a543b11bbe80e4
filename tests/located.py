"""In how many wrong answers the judge points at the line of the mistake: `python -m tests.located [PROBLEM ...] [--seeds 3]`.

A wrong answer's docstring says where its mistake lies (`Lines: 14, 16`, the likeliest first). Prints each answer for which the first line
that the judge says is another one, or none, and a table: right (the line or the mistake's name), near (one of the other lines that are
said), wrong, none.
"""

from __future__ import annotations

import argparse
import collections
import re
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import msgspec

from judge.isolation import Sandbox, open_sandbox
from judge.judging.decision import decide
from judge.judging.explaining import explain
from judge.judging.minimising import minimise
from judge.judging.run import Manner, run_checks
from judge.judging.trial import Trial, limits_of
from judge.verdict import Diagnosis
from problems import all_problems, find_problem
from tests.case_sets import case_set_for
from tests.judge.answers import FOLDER, QUICK
from tests.judge.judging import read_submission

LINES = re.compile(r"^Lines: ([\d, ]+)$", re.MULTILINE)
MISTAKE = re.compile(r"^Mistake: (\S+)$", re.MULTILINE)
_sandboxes: list[Sandbox] = []


class Labelled(msgspec.Struct, frozen=True):
    """A wrong answer of which it is known where it is wrong.

    Attributes:
        path: of the file.
        problem: that it answers.
        lines: where the mistake lies.
        mistake: its name in the catalogue; "" where it has none.
    """

    path: Path
    problem: str
    lines: tuple[int, ...]
    mistake: str

    @property
    def name(self) -> str:
        """ "lstm/wrong/gates_swapped.py" """
        return "/".join(self.path.parts[-3:])


def labelled(slug: str) -> list[Labelled]:
    """The labelled answers of a problem."""
    found = []
    for path in sorted((FOLDER / slug).glob("*/*.py")):
        text = path.read_bytes().decode("latin-1")
        lines, mistake = LINES.search(text), MISTAKE.search(text)
        if lines is not None:
            of_folder = path.stem.split("__")[0] if path.parent.name == "mistakes" else ""
            numbers = tuple(int(number) for number in lines[1].split(","))
            found.append(Labelled(path, slug, numbers, mistake[1] if mistake is not None else of_folder))
    return found


def explained(answer: Labelled, seed: int, sandbox: Sandbox) -> tuple[Diagnosis | None, float]:
    """What the judge says of an answer's mistake, and the seconds that it takes beside judging."""
    problem = find_problem(answer.problem)
    both = {"torch", "numpy"} <= set(problem.frameworks)
    framework = "numpy" if both and "numpy" in answer.path.stem else None
    submission = read_submission(answer.path, problem=answer.problem, framework=framework)
    trial = Trial(submission, case_set_for(submission, seed), sandbox, limits_of(problem, QUICK))
    run = run_checks(trial, Manner(), lambda text: None)
    decision = minimise(trial, decide(run))
    begun = time.perf_counter()
    return explain(run, decision), time.perf_counter() - begun


def outcome(answer: Labelled, said: Diagnosis | None) -> str:
    """ "right", "near", "wrong" or "none"; "wrong name" where the catalogue's name is not that of the mistake.

    Most answers are no mistake of the catalogue. Of these a name is right where the line is: at the wrong place it is a wrong name.
    """
    if said is None:
        return "none"
    if said.source == "catalogue" and said.mistake is not None:
        named = said.mistake.split("+")
        if answer.mistake:
            return "right" if answer.mistake in named or answer.mistake == said.mistake else "wrong name"
        return "right" if said.lines and said.lines[0] in answer.lines else "wrong name"
    if not said.lines:
        return "none"
    if said.lines[0] in answer.lines:
        return "right"
    return "near" if set(said.lines) & set(answer.lines) else "wrong"


def in_worker(answer: Labelled, seed: int) -> tuple[Diagnosis | None, float]:
    """The same in a worker."""
    if not _sandboxes:
        _sandboxes.append(open_sandbox("auto"))
    return explained(answer, seed, _sandboxes[0])


def main() -> int:
    """Measure all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", action="store_true", help="print those that are right, too")
    options = parser.parse_args()
    first = options.first_seed
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    seconds: dict[str, list[float]] = collections.defaultdict(list)
    for slug in options.problems or [problem.slug for problem in all_problems()]:
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            asked = [(answer, seed) for answer in labelled(slug) for seed in range(first, first + options.seeds)]
            running = [pool.submit(in_worker, answer, seed) for answer, seed in asked]
            for (answer, seed), done in zip(asked, running, strict=True):
                said, took = done.result()
                seconds[slug].append(took)
                found = outcome(answer, said)
                counts[slug][found] += 1
                counts[slug]["right line"] += said is not None and bool(said.lines) and said.lines[0] in answer.lines
                if found != "right" or options.every:
                    lines = list(said.lines) if said is not None else []
                    how = "" if said is None else f" ({said.source}, {said.mistake})"
                    print(
                        f"{answer.name}, seed {seed}: {found}: {lines}; expected {list(answer.lines)}{how}", flush=True
                    )
    kinds = ("right", "near", "none", "wrong", "wrong name", "right line")
    print(f"{'':24}" + "".join(f"{kind:>12}" for kind in kinds) + f"{'median s':>12}{'most s':>12}")
    for slug, found_here in [*counts.items(), ("all", sum(counts.values(), collections.Counter()))]:
        took_here = seconds.get(slug) or [each for every in seconds.values() for each in every]
        row = "".join(f"{found_here[kind]:12}" for kind in kinds)
        print(f"{slug:24}{row}{statistics.median(took_here):12.2f}{max(took_here):12.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
