"""Judges every answer with a known verdict over many seeds: `python -m tests.verify [PROBLEM ...] [--seeds 20] [--jobs 2] [--kept FILE]`.

Prints a line for each answer that got another verdict than is fair, and a summary by problem; exit status 1 where there was one.
With `--kept` what was found is added to a file, a line for each answer and seed, and what stands there is not judged again.
"""

from __future__ import annotations

import argparse
import atexit
import collections
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from judge.isolation import Sandbox, open_sandbox
from tests.judge.answers import KnownAnswer, judge_answer, known_answers, some_answers

_sandboxes: dict[str, Sandbox] = {}


def judge_over(answer: KnownAnswer, seeds: list[int], kinds: tuple[str, ...]) -> tuple[KnownAnswer, dict[int, str]]:
    """What was unfair with each seed: another verdict, or another one in another sandbox; "" where nothing was.

    Runs in a worker.
    """
    for kind in kinds:
        if kind not in _sandboxes:
            _sandboxes[kind] = open_sandbox(kind)
            atexit.register(_sandboxes[kind].__exit__)
    found = {}
    for seed in seeds:
        verdicts = [judge_answer(answer, seed, _sandboxes[kind]) for kind in kinds]
        unfair = [v for v in verdicts if v.verdict not in answer.fair or v.verdict is not verdicts[0].verdict]
        found[seed] = "; ".join(f"seed {seed} in {v.sandbox}: {v.verdict}: {v.headline}" for v in unfair)
    return answer, found


class Kept:
    """What was found with each answer and seed, in a file of its own or nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        lines = path.read_text().splitlines() if path is not None and path.exists() else []
        self.found: dict[tuple[str, int], str] = {(name, seed): said for name, seed, said in map(json.loads, lines)}

    def add(self, answer: str, found: dict[int, str]) -> None:
        """Keep what came of an answer."""
        self.found |= {(answer, seed): said for seed, said in found.items()}
        if self._path is not None:
            with self._path.open("a") as file:
                file.writelines(json.dumps([answer, seed, said]) + "\n" for seed, said in found.items())


def main() -> int:
    """Run the verification."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--most-wrong", type=int, help="of each problem's wrong answers, only so many")
    parser.add_argument(
        "--sandbox", default="auto", help="one, or several with commas: all must come to the same verdict"
    )
    parser.add_argument("--kept", type=Path, help="a file that keeps what was found, for another run")
    options = parser.parse_args()
    every = known_answers() if options.most_wrong is None else some_answers(options.most_wrong)
    answers = [answer for answer in every if not options.problems or answer.problem in options.problems]
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    kept = Kept(options.kept)
    left = [(answer, [seed for seed in seeds if (answer.name, seed) not in kept.found]) for answer in answers]
    counts: collections.Counter[tuple[str, bool, bool]] = collections.Counter()
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        kinds = tuple(options.sandbox.split(","))
        running = [pool.submit(judge_over, answer, missing, kinds) for answer, missing in left if missing]
        for done in as_completed(running):
            kept.add(done.result()[0].name, done.result()[1])
    for answer in answers:
        wrong = [kept.found[answer.name, seed] for seed in seeds if kept.found[answer.name, seed]]
        counts[answer.problem, answer.right, not wrong] += 1
        for line in wrong:
            print(f"{answer.name}: {line}")
    for problem in sorted({answer.problem for answer in answers}):
        right, wrong = counts[problem, True, True], counts[problem, False, True]
        bad = counts[problem, True, False] + counts[problem, False, False]
        print(
            f"{problem:24} {right:4} right answers accepted, {wrong:4} wrong ones rejected as is fair, {bad} not as is fair"
        )
    print(f"{len(answers)} answers, {len(seeds)} seeds each, {time.perf_counter() - begun:.0f} s")
    return int(any(not fair for _, _, fair in counts))


if __name__ == "__main__":
    sys.exit(main())
