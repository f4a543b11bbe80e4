"""Which pairs of classes a run meets: `python -m tests.dealt [PROBLEM...] [--seeds N]` prints a line for each problem.

`lines` are those of its checks. `own` says how many checks judge by a function of their own. `cases` are those of all checks together.
`pairs` says how many pairs of classes there are for the check with most cases, and how many of them it meets in the worst of the seeds.
"""

from __future__ import annotations

import argparse

from judge.cases import Drawing, load_checks
from problems import Problem, all_problems, find_problem
from problems.cases import CaseSpace

LEFT_OUT = ("starter", "oracle")


def lines_of(problem: Problem) -> int:
    """Of checks.py and of what lies beside it for it."""
    files = [path for path in problem.folder.glob("*.py") if not path.name.startswith(LEFT_OUT)]
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("problems", nargs="*")
    parser.add_argument("--seeds", type=int, default=5)
    given = parser.parse_args()
    problems = [find_problem(name) for name in given.problems] or all_problems()
    print(f"{'problem':<25}{'lines':>6}{'checks':>8}{'own':>5}{'cases':>7}{'pairs':>12}")
    for problem in problems:
        checks = load_checks(problem)
        widest = max(checks, key=lambda check: check.cases)
        space = widest.draw if isinstance(widest.draw, CaseSpace) else widest.draw()
        assert isinstance(space, CaseSpace)
        met = min(space.coverage(Drawing(widest, seed).cases()) for seed in range(given.seeds))
        own = sum(check.judge is not None for check in checks)
        cases = sum(check.cases for check in checks)
        pairs = f"{met[0]}/{met[1]}"
        print(f"{problem.slug:<25}{lines_of(problem):>6}{len(checks):>8}{own:>5}{cases:>7}{pairs:>12}")


if __name__ == "__main__":
    main()
