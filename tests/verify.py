"""Judges every answer with a known verdict over many seeds: `python -m tests.verify [PROBLEM ...] [--seeds 20] [--jobs 2]`.

Prints a line for each answer that got another verdict than is fair, and a summary by problem; exit status 1 where there was one.
"""

from __future__ import annotations

import argparse
import atexit
import collections
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from judge.isolation import Sandbox, open_sandbox
from tests.judge.answers import KnownAnswer, judge_answer, known_answers, some_answers

_sandboxes: dict[str, Sandbox] = {}


def judge_over(answer: KnownAnswer, seeds: range, kinds: tuple[str, ...]) -> tuple[KnownAnswer, list[str], float]:
    """The seeds on which an answer got an unfair verdict, or another one in another sandbox, in words, and the seconds it took.

    Runs in a worker.
    """
    for kind in kinds:
        if kind not in _sandboxes:
            _sandboxes[kind] = open_sandbox(kind)
            atexit.register(_sandboxes[kind].__exit__)
    begun = time.perf_counter()
    wrong = []
    for seed in seeds:
        verdicts = [judge_answer(answer, seed, _sandboxes[kind]) for kind in kinds]
        for verdict in verdicts:
            if verdict.verdict not in answer.fair or verdict.verdict is not verdicts[0].verdict:
                wrong.append(f"seed {seed} in {verdict.sandbox}: {verdict.verdict}: {verdict.headline}")
    return answer, wrong, time.perf_counter() - begun


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
    options = parser.parse_args()
    every = known_answers() if options.most_wrong is None else some_answers(options.most_wrong)
    answers = [answer for answer in every if not options.problems or answer.problem in options.problems]
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    counts: collections.Counter[tuple[str, bool, bool]] = collections.Counter()
    begun = time.perf_counter()
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(judge_over, answer, seeds, tuple(options.sandbox.split(","))) for answer in answers]
        for done in as_completed(running):
            answer, wrong, _ = done.result()
            counts[answer.problem, answer.right, not wrong] += 1
            for line in wrong:
                print(f"{answer.name}: {line}", flush=True)
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
