"""What do the rules for source catch that a run does not? `python -m tests.rules_measured [--only TEXT] [--seed 7]`.

The rules (`judge/source/rules.py`) read a file; the sandbox takes the same names away where the file runs. Every attack and known
answer that may be `forbidden`, and every snippet of `tests/judge/test_rules.py`, is judged twice, behind the walls of `linux`: by the rules
alone, and by the run alone. A snippet stands before a right answer to a problem that forbids it. Prints a line for each file (what
the rules say, at which line, after how many milliseconds; what the run says, after how many seconds), then a table.
"""

from __future__ import annotations

import argparse
import collections
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec

from judge.isolation import Sandbox, open_sandbox
from judge.judging import judge_submission
from judge.settings import Configuration
from judge.source import Submission, read_source, reject_unread, submission_of
from judge.verdict import Kind, Verdict
from problems import Problem, all_problems, find_problem
from tests.case_sets import case_set_for
from tests.judge import test_rules as snippets

TESTS = Path(__file__).parent
LIMITS = Configuration(call_seconds=2.0)
MAY_BE = re.compile(rb"^Verdict: .*\bforbidden\b", re.MULTILINE)
# What the snippets take for granted, by framework.
BEFORE = {"torch": "import torch\nq = k = v = torch.ones(1, 1, 2, 2)\nx = self = None\ndel torch\n"}


class Measured(msgspec.Struct, frozen=True):
    """One file, judged in both ways; `rules` is None where they let it pass."""

    group: str
    name: str
    rules: Verdict | None
    milliseconds: float
    run: Verdict
    seconds: float

    @property
    def caught(self) -> str:
        """By whom."""
        by_run = self.run.verdict is Kind.FORBIDDEN
        if self.rules is None:
            return "by the run only" if by_run else f"by neither: {self.run.verdict}"
        return "by both" if by_run else f"by the rules only, else {self.run.verdict}"

    def line(self) -> str:
        """It in words."""
        lines = (
            "passes" if self.rules is None else "line " + ",".join(str(place.line) for place in self.rules.locations)
        )
        return (
            f"{self.group:8} {self.name:58} {self.milliseconds:5.1f} ms {lines:10} {self.seconds:5.2f} s "
            f"{self.run.verdict:18} {' '.join(self.run.headline.split())[:80]}"
        )


Files = Iterator[tuple[str, Submission]]


def attacks() -> Files:
    """Every attack that may be forbidden, in surroundings of its own."""
    sys.path[:0] = [str(TESTS / "attacks"), str(TESTS / "sandbox")]
    from filed import all_attacks
    from scene import Scene

    for attack in all_attacks():
        if Kind.FORBIDDEN not in attack.fair:
            continue
        scene = Scene(f"secret-{os.urandom(8).hex()}", attack.places)
        source = attack.text(scene.values).encode()
        yield attack.name, _submission(source, find_problem(attack.problem), attack.framework)
        scene.close()


def answers() -> Files:
    """Every known answer that may be forbidden, and every right one that the rules refuse."""
    for problem in all_problems():
        files = [*(TESTS / "answers" / problem.slug).rglob("*.py"), *(problem.folder / "accepted").glob("*.py")]
        for path in [problem.reference, *sorted(files)]:
            both = {"torch", "numpy"} <= set(problem.frameworks) and path.stem.startswith("numpy")
            data = read_source(path)
            handed_in = _submission(data, problem, "numpy" if both else None)
            if MAY_BE.search(data) or _refused(handed_in):
                yield f"{problem.slug}/{path.parent.name}/{path.stem}", handed_in


def written_in_tests() -> Files:
    """Every snippet in the tests of the rules, before a right answer."""
    for name, (source, _) in {**snippets.OFFENDING, **snippets.EVERYWHERE}.items():
        yield name, _before_some_answer(source, "torch")
    for source in snippets.TORCH_IN_NUMPY:
        yield f"NumPy: {source!r}"[:58], _before_some_answer(source, "numpy")
    for name, source in snippets.ARRAYS_IN_PLAIN_PYTHON.items():
        yield f"plain Python: {name}", _before_some_answer(source, "python")
    for slug, forms in snippets.LEFT_TO_THE_RUN.items():
        for name, source in forms.items():
            problem = find_problem(slug)
            yield f"left to the run: {name}", before_an_answer(source, problem, problem.frameworks[0])


def before_an_answer(source: str, problem: Problem, framework: str) -> Submission:
    """A snippet before a right answer."""
    answer = problem.reference if framework == problem.frameworks[0] else problem.folder / "accepted/numpy_loop.py"
    future = "from __future__ import annotations\n"
    text = answer.read_text().replace(future, "")
    return _submission(f"{future}{BEFORE.get(framework, '')}{source}\n{text}".encode(), problem, framework)


def _before_some_answer(source: str, framework: str) -> Submission:
    """The same for the first problem that forbids what is in it."""
    offered = (problem for problem in all_problems() if framework in problem.frameworks)
    made = (before_an_answer(source, p, framework) for p in offered if p.frameworks[0] == framework or p.slug == "lstm")
    return next(handed_in for handed_in in made if _refused(handed_in))


def _refused(handed_in: Submission) -> bool:
    rejected = reject_unread(handed_in, 0)
    return rejected is not None and rejected.verdict is Kind.FORBIDDEN


def _submission(source: bytes, problem: Problem, framework: str | None) -> Submission:
    return submission_of(source, "answer.py", problem=problem, framework=framework, stem="answer")


def measured(group: str, name: str, handed_in: Submission, seed: int, sandbox: Sandbox) -> Measured:
    """Judge a file by the rules, and by a run."""
    begun = time.perf_counter()
    rules = reject_unread(handed_in, seed)
    milliseconds = 1000 * (time.perf_counter() - begun)
    case_set = case_set_for(handed_in, seed)
    begun = time.perf_counter()
    run = judge_submission(
        handed_in, seed=seed, sandbox=sandbox, configuration=LIMITS, first_failure_only=True, case_set=case_set
    )
    return Measured(group, name, rules, milliseconds, run, time.perf_counter() - begun)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    table: dict[tuple[str, str], list[Measured]] = collections.defaultdict(list)
    with open_sandbox("linux", own_code=False) as sandbox:
        for group, files in (("attacks", attacks()), ("answers", answers()), ("snippets", written_in_tests())):
            for name, handed_in in files:
                if asked.only in name:
                    found = measured(group, name, handed_in, asked.seed, sandbox)
                    print(found.line(), flush=True)
                    table[group, found.caught].append(found)
    for (group, caught), each in sorted(table.items()):
        reading, running = median(one.milliseconds for one in each), median(one.seconds for one in each)
        print(f"{group:8} {caught:40} {len(each):4} files, reading {reading:.0f} ms, a run {running:.2f} s (medians)")


if __name__ == "__main__":
    main()
