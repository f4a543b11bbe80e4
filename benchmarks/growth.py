"""How judging grows: with the submissions of a batch, with the cases of a check, and with the length of a sequence.

`python benchmarks/growth.py --submissions 10 100 1000`. Each table gives the seconds and how many times the line before they are.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import torch

from judge.cases import CaseSet, Drawing
from judge.isolation import Sandbox, open_sandbox
from judge.judging import limits_of
from judge.judging.grade import judge_submission
from judge.running import load_spec
from judge.settings import Configuration
from judge.source import submission_of
from problems import find_problem
from problems.cases import Case

sys.path.insert(0, str(Path(__file__).resolve().parent))
from beside import batch, sources

from problems.frameworks import TORCH

ATTENTION = find_problem("multi_head_attention")


def table(title: str, rows: list[tuple[int, float]]) -> None:
    """Print seconds and growth."""
    print(title)
    before: float | None = None
    for size, seconds in rows:
        growth = f"{seconds / before:6.1f} x" if before else ""
        print(f"  {size:6,}  {seconds:9.3f} s  {growth}", flush=True)
        before = seconds


def of_submissions(counts: list[int]) -> list[tuple[int, float]]:
    """A batch with two jobs, from start to end."""
    rows = []
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "class").mkdir()
            for number, text in enumerate(sources(count)):
                (folder / "class" / f"attention_{number:04}.py").write_text(text)
            rows.append((count, 60 * count / batch(folder, count, 2)))
    return rows


def of_cases(counts: list[int], sandbox: Sandbox) -> list[tuple[int, float]]:
    """The comparison with the reference on so many cases, drawn and judged; beyond that of the run with one."""
    submission = submission_of(
        ATTENTION.solution.encode(), "x.py", problem=ATTENTION.slug, framework=None, stem=ATTENTION.slug
    )
    rows = []
    for count in counts:
        case_set = CaseSet(ATTENTION, TORCH, 0)
        check = next(each for each in case_set.checks if each.name == "agrees-with-reference")
        case_set.checks[:] = [msgspec.structs.replace(check, cases=count)]
        begun = time.perf_counter()
        verdict = judge_submission(submission, seed=0, sandbox=sandbox, first_failure_only=True, case_set=case_set)
        rows.append((count, time.perf_counter() - begun))
        assert verdict.accepted, verdict.headline
    return rows


def of_length(lengths: list[int], sandbox: Sandbox) -> list[tuple[int, float]]:
    """One call of cached attention that decodes a token after so many, judged: drawn, sent, answered, compared."""
    problem = find_problem("kv_cache")
    case_set = CaseSet(problem, TORCH, 0)
    check = next(each for each in case_set.checks if each.name == "agrees-with-reference")
    base = Drawing(check, 0).cases()[0]
    rows = []
    with sandbox.open(TORCH, limits_of(problem, Configuration()), torch) as door:
        spec = load_spec(problem, TORCH, source=problem.solution, filename="x.py", seed=0)
        door.load(spec | sandbox.spec(TORCH))
        for length in lengths:
            sizes = {**base.sizes, "B": 1, "T": 1, "S": length, "H": 4, "Dh": 16, "D": 64}
            case: Case = msgspec.structs.replace(base, sizes=sizes, kind="ordinary", layout="contiguous")
            begun = time.perf_counter()
            ready = case_set.ready(check, [case])
            door.post(ready.asking)
            ready.rights[0].prepare()
            replies = door.collect()
            rows.append((length, time.perf_counter() - begun))
            assert door.end is None
            assert replies[0][-1].raised is None
    return rows


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--cases", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--lengths", type=int, nargs="*", default=[64, 256, 1024, 4096])
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before")
    with open_sandbox("auto") as sandbox:
        of_cases([1], sandbox)
        table("cases of a check, judged", of_cases(given.cases, sandbox))
        table("positions that are cached, one token decoded", of_length(given.lengths, sandbox))
    table("submissions of a batch with two jobs", of_submissions(given.submissions))


if __name__ == "__main__":
    main()
