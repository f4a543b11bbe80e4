"""What do the rules for source catch that a run does not? `python -m tests.rules_measured [--only TEXT] [--seed 7]`.

The rules (`judge/source/rules.py`) read a file; the sandbox takes the same names away where it runs. Every attack, every known answer and
every snippet of `tests/judge/test_rules.py` that the rules call forbidden is judged once more without them, behind the walls of
`linux`. A snippet is put before the reference of a problem that forbids it. Prints a line for each file: what the rules say, with the line and
the milliseconds that reading took, and what the run says, with its seconds. Then a table.
"""

from __future__ import annotations

import argparse
import collections
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from judge.isolation import Sandbox, open_sandbox
from judge.judging import judge_submission
from judge.settings import Configuration
from judge.source import Submission, read_source, reject_unread, submission_of
from judge.verdict import Kind, Verdict
from problems import Problem, all_problems, find_problem
from tests.decks import deck_for
from tests.judge import test_rules as snippets

TESTS = Path(__file__).parent
LIMITS = Configuration(call_seconds=2.0)
NUMPY_ANSWER = "accepted/numpy_loop.py"
# What the snippets take for granted.
BEFORE = {
    "torch": "import torch\nq = k = v = torch.ones(1, 1, 2, 2)\nx = self = None\ndel torch\n",
    "numpy": "",
    "python": "",
}


class Measured(msgspec.Struct, frozen=True):
    """One file, judged in both ways."""

    group: str
    name: str
    rules: Verdict
    milliseconds: float
    run: Verdict
    seconds: float

    @property
    def caught(self) -> str:
        """By whom."""
        return "both" if self.run.verdict is Kind.FORBIDDEN else f"rules only, else {self.run.verdict}"

    def line(self) -> str:
        """It in words."""
        lines = ",".join(str(place.line) for place in self.rules.locations)
        return (
            f"{self.group:9} {self.name:60} {self.milliseconds:5.1f} ms line {lines:10} {self.seconds:5.2f} s "
            f"{self.run.verdict:18} {self.run.headline[:90]}"
        )


def attacks() -> Iterator[tuple[str, Submission]]:
    """Every attack, in surroundings of its own."""
    sys.path[:0] = [str(TESTS / "attacks"), str(TESTS / "sandbox")]
    from filed import all_attacks
    from scene import Scene

    for attack in all_attacks():
        scene = Scene(f"secret-{os.urandom(8).hex()}", attack.places)
        source = attack.text(scene.values).encode()
        yield attack.name, _submission(source, find_problem(attack.problem), attack.framework)
        scene.close()


def answers() -> Iterator[tuple[str, Submission]]:
    """Every known answer, right and wrong."""
    for problem in all_problems():
        folder = TESTS / "answers" / problem.slug
        for path in [
            problem.reference,
            *sorted((problem.folder / "accepted").glob("*.py")),
            *sorted(folder.rglob("*.py")),
        ]:
            both = {"torch", "numpy"} <= set(problem.frameworks) and path.stem.startswith("numpy")
            name = f"{problem.slug}/{path.parent.name}/{path.stem}"
            yield name, _submission(read_source(path), problem, "numpy" if both else None)


def written_in_tests() -> Iterator[tuple[str, Submission]]:
    """Every snippet that the tests of the rules call an offence, before a right answer."""
    named = {**snippets.OFFENDING, **snippets.EVERYWHERE}
    for name, (source, _) in named.items():
        yield name, _before_an_answer(source, "torch")
    for number, source in enumerate(snippets.TORCH_IN_NUMPY):
        yield f"torch in NumPy, {number}", _before_an_answer(source, "numpy")
    for name, source in snippets.ARRAYS_IN_PLAIN_PYTHON.items():
        yield f"arrays in plain Python, {name}", _before_an_answer(source, "python")


def _before_an_answer(source: str, framework: str) -> Submission:
    """A snippet before an answer to the first problem that forbids what is in it."""
    for problem in all_problems():
        if framework not in problem.frameworks:
            continue
        answer = problem.folder / NUMPY_ANSWER if framework != problem.frameworks[0] else problem.reference
        if not answer.exists():
            continue
        text = answer.read_text().replace("from __future__ import annotations\n", "")
        made = f"from __future__ import annotations\n{BEFORE[framework]}{source}\n{text}"
        handed_in = _submission(made.encode(), problem, framework)
        if reject_unread(handed_in, 0) is not None:
            return handed_in
    raise SystemExit(f"no problem forbids {source!r}")


def _submission(source: bytes, problem: Problem, framework: str | None) -> Submission:
    return submission_of(source, "answer.py", problem=problem, framework=framework, stem="answer")


def measured(group: str, name: str, handed_in: Submission, seed: int, sandbox: Sandbox) -> Measured | None:
    """Judge a file in both ways; None where the rules let it pass."""
    begun = time.perf_counter()
    rules = reject_unread(handed_in, seed)
    read = time.perf_counter()
    if rules is None or rules.verdict is not Kind.FORBIDDEN:
        return None
    deck = deck_for(handed_in, seed)
    run = judge_submission(handed_in, seed=seed, sandbox=sandbox, configuration=LIMITS, brief=True, deck=deck)
    return Measured(group, name, rules, 1000 * (read - begun), run, time.perf_counter() - read)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="files whose name holds this")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    table: dict[tuple[str, str], list[float]] = collections.defaultdict(list)
    with open_sandbox("linux", own_code=False) as sandbox:
        for group, files in (("attacks", attacks()), ("answers", answers()), ("snippets", written_in_tests())):
            for name, handed_in in files:
                if asked.only in name and (found := measured(group, name, handed_in, asked.seed, sandbox)) is not None:
                    print(found.line(), flush=True)
                    table[group, found.caught].append(found.seconds)
    for (group, caught), seconds in sorted(table.items()):
        print(
            f"{group:9} {caught:40} {len(seconds):4} files, a run {sorted(seconds)[len(seconds) // 2]:.2f} s (median)"
        )


if __name__ == "__main__":
    main()
