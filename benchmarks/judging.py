"""Times judging, side by side in one run: medians with their spread, and ratios to importing torch.

`make bench`, or `python benchmarks/judging.py --repeats 20`. Seconds depend on the machine and on what else it does; ratios less so.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
# For the first problems one wrong answer of the usual kind, as edits of the reference; for the others their first mistake is taken.
WRONG = {
    "multi_head_attention": ("math.sqrt(self.head_width)", "math.sqrt(self.num_heads * self.head_width)"),
    "kv_cache": ("key_position_S <= query_position_T[:, None]", "key_position_S < query_position_T[:, None] + 2"),
    "lora": ("self.scale = alpha / rank", "self.scale = alpha"),
    "sampling": ("filter_logits(logits / temperature, ", "filter_logits(logits, "),
    "lstm": ("i_BH, f_BH, g_BH, o_BH = gates", "i_BH, g_BH, f_BH, o_BH = gates"),
}


def seconds_of(command: list[str]) -> float:
    """Wall time of a whole process."""
    begun = time.perf_counter()
    environment = {**os.environ, "JUDGE_HOME": tempfile.gettempdir() + "/judge-benchmark"}
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=environment)
    return time.perf_counter() - begun


def timed(action: Callable[[], object]) -> float:
    """Wall time of a call."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def row(name: str, times: list[float], beside: float | None = None) -> None:
    """Print median, least and most, and the ratio of the median to another."""
    middle = statistics.median(times)
    ratio = f"   {middle / beside:6.2f} x import torch" if beside else ""
    print(f"{name:44} {middle:7.3f} s  ({min(times):.3f} to {max(times):.3f}){ratio}", flush=True)


def commands(repeats: int) -> float:
    """Whole commands; returns the median of importing torch."""
    python, judge = sys.executable, [sys.executable, "-m", "judge"]
    example = str(HERE.parent / "examples" / "attention.py")
    runs: dict[str, list[str]] = {
        'python -c "import torch"': [python, "-c", "import torch"],
        "judge --help": [*judge, "--help"],
        "judge list": [*judge, "list"],
        "judge run, wrong answer": [*judge, "run", example],
        "judge run, right answer": [*judge, "run", example.replace("attention.py", "attention_corrected.py")],
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, command in runs.items():
            times[name].append(seconds_of(command))
    beside = statistics.median(times['python -c "import torch"'])
    for name, measured in times.items():
        row(name, measured, beside)
    return beside


def verdicts(repeats: int, beside: float) -> None:
    """Judging beyond the import of torch: a right and a wrong answer of each problem, in turn."""
    from judge.cases import load_checks
    from judge.isolation import open_sandbox
    from judge.judging.grade import judge_submission
    from judge.source import submission_of
    from problems import all_problems
    from problems.mistakes import mistaken, read_mistakes

    with open_sandbox("process") as sandbox:
        for problem in all_problems():
            if problem.slug in WRONG:
                wrong = problem.solution.replace(*WRONG[problem.slug])
            else:
                wrong = mistaken(problem.solution, read_mistakes(problem)[:1]) or ""
            assert wrong not in (problem.solution, ""), problem.slug
            times: dict[str, list[float]] = {"right": [], "wrong": []}
            for seed in range(repeats + 1):
                for kind, source in (("right", problem.solution), ("wrong", wrong)):
                    file = submission_of(
                        source.encode(), "x.py", problem=problem.slug, framework=None, stem=problem.slug
                    )
                    begun = time.perf_counter()
                    verdict = judge_submission(file, seed=seed, sandbox=sandbox)
                    if seed:
                        times[kind].append(time.perf_counter() - begun)
                    assert verdict.accepted == (kind == "right"), (problem.slug, kind, seed, verdict.headline)
            cases = sum(check.cases for check in load_checks(problem))
            row(f"{problem.slug}, right ({cases} cases)", times["right"], beside)
            row(f"{problem.slug}, wrong, with shrinking", times["wrong"], beside)


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    import torch

    print(f"torch {torch.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} processors")
    beside = commands(options.repeats)
    verdicts(options.repeats, beside)


if __name__ == "__main__":
    main()
