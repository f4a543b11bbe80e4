"""How long a right and a wrong answer take in every problem, with the resident judge: `python benchmarks/every_problem.py [PROBLEM ...]`.

Medians beside `python -c "import torch"` in the same run. The wrong answer is one of the corpus of the tests whose numbers are wrong.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from speed import JUDGE, Bench

from judge.service.resident_judge import ask_status, ask_stop
from problems import Problem, all_problems, find_problem

ANSWERS = Path(__file__).resolve().parent.parent / "tests" / "answers"
PAUSE_SECONDS = 4.0


def right(problem: Problem) -> Path:
    """A right answer in the problem's own framework."""
    found = sorted((ANSWERS / problem.slug / "right").glob("*.py"))
    return next(path for path in found if "numpy" not in path.stem or problem.model.name == "numpy")


def wrong(problem: Problem) -> Path:
    """A wrong one."""
    found = sorted((ANSWERS / problem.slug / "mistakes").glob("*.py")) or sorted(
        (ANSWERS / problem.slug / "wrong").glob("*.py")
    )
    return next(path for path in found if "numpy" not in path.stem or problem.model.name == "numpy")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    problems = [find_problem(name) for name in given.problems] or all_problems()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), "auto")
        beside = bench.torch(given.repeats)
        print(f"{'':26}{'right':>8}{'wrong':>8}{'first word':>12}   x import torch")
        for problem in problems:
            options = ["--problem", problem.slug, "--framework", problem.model.name]
            bench.seconds([*JUDGE, "prepare", problem.slug])
            ratios = []
            for file in (right(problem), wrong(problem)):
                command = [*JUDGE, "run", str(file), *options]
                bench.seconds(command)  # the resident judge is there afterwards, and has loaded what it needs
                times = []
                for _ in range(given.repeats):
                    time.sleep(PAUSE_SECONDS)
                    times.append(bench.seconds(command))
                ratios.append(statistics.median(times) / beside)
            words = [bench.first_word(command) for _ in range(given.repeats)]
            ratios.append(statistics.median(words) / beside)
            print(f"{problem.slug:26}{ratios[0]:8.2f}{ratios[1]:8.2f}{ratios[2]:12.2f}", flush=True)
        status = ask_status(Path(folder) / "server")
        if status is not None:
            print(f"the resident judge has {status.resident_bytes / (1 << 20):.0f} MiB")
        ask_stop(Path(folder) / "server")


if __name__ == "__main__":
    sys.exit(main())
