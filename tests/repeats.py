"""One file, one seed, one verdict: `python -m tests.repeats [FILE ...] [--runs 1000] [--jobs 4] [--problem lstm] [--seed 7]`.

Judges each file so many times, several at once, so that the machine is busy, and compares what does not vary from run to run.
Without files: LSTMs that do a little work for every pair of steps beside their own, so that their cost is near the line between linear and
quadratic, and one that is wrong. With `--forget` nothing is kept from run to run, so that the
measurements alone decide. Exit status 1 where a file got two verdicts.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from judge.isolation import Sandbox, open_sandbox
from judge.judging import CostDecisions, judge_submission
from judge.verdict import to_json
from problems import find_problem
from tests.case_sets import case_set_for
from tests.judge.judging import read_submission

PAIRS = (15, 30, 40, 65, 100)  # how much work is done for every pair of steps
VARIES = ("seconds", "measured")
NAMES = "x, h0, c0, w_ih, w_hh, b_ih, b_hh"
_sandboxes: dict[str, Sandbox] = {}


def near_the_line(folder: Path) -> list[Path]:
    """LSTMs whose cost has a part that grows with the square of T, of several sizes; and one that is wrong."""
    right = find_problem("lstm").reference.read_text().replace("def lstm(", "def right_lstm(")
    found = []
    for pairs in PAIRS:
        own = f"def lstm({NAMES}):\n    for t in range(x.shape[1]):\n"
        own += f"        sum(range(t * {pairs}))\n    return right_lstm({NAMES})\n"
        found.append(folder / f"pairs_{pairs}.py")
        found[-1].write_text(f"{right}\n\n{own}")
    found.append(folder / "wrong.py")
    wrong = NAMES.replace("c0", "2 * c0")
    found[-1].write_text(f"{right}\n\ndef lstm({NAMES}):\n    return right_lstm({wrong})\n")
    return found


def verdict_of(path: Path, problem: str, seed: int, costs: CostDecisions | None) -> tuple[Path, str, str, float]:
    """The file, what must be the same each time, the headline, and how its cost grew. Runs in a worker."""
    if not _sandboxes:
        _sandboxes["auto"] = open_sandbox("auto")
    submission = read_submission(path, problem=problem)
    case_set = case_set_for(submission, seed)
    verdict = judge_submission(submission, seed=seed, sandbox=_sandboxes["auto"], case_set=case_set, costs=costs)
    lasting = json.dumps(_lasting(json.loads(to_json(verdict))), sort_keys=True)
    return path, lasting, f"{verdict.verdict}: {verdict.headline}", verdict.measured.get("growth", 0.0)


def _lasting(found: Any) -> Any:
    """Without what varies from run to run."""
    if isinstance(found, dict):
        return {name: _lasting(value) for name, value in found.items() if name not in VARIES}
    return [_lasting(each) for each in found] if isinstance(found, list) else found


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=1000, help="of all files together")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--problem", default="lstm")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--forget", action="store_true", help="keep no decision about a cost")
    options = parser.parse_args()
    seen: dict[Path, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    words: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = options.files or near_the_line(Path(folder))
        with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
            asked = [files[number % len(files)] for number in range(options.runs)]
            costs = None if options.forget else CostDecisions(Path(folder) / "costs")
            running = [pool.submit(verdict_of, path, options.problem, options.seed, costs) for path in asked]
            for done in as_completed(running):
                path, lasting, headline, _ = done.result()
                seen[path][lasting] += 1
                words[lasting] = headline
    for path in files:
        counts = [f"{count} x {words[lasting][:100]}" for lasting, count in seen[path].most_common()]
        print(f"{path.name}: {'; '.join(counts)}")
    return int(any(len(each) > 1 for each in seen.values()))


if __name__ == "__main__":
    sys.exit(main())
