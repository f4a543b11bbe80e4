"""The program of a counterexample fails by itself, as its report says. `python -m tests.pasting` runs those of all wrong answers."""

from __future__ import annotations

import pytest

from judge.isolation import Sandbox
from problems import all_problems
from tests.judge.answers import KnownAnswer, judge_answer, known_answers
from tests.pasting import repeated

SEED = 0
WRONG = {p.slug: [a for a in known_answers() if a.problem == p.slug and not a.right] for p in all_problems()}
# One of every problem; not one that takes as long as it may.
SOME = [next(a for a in each[len(each) // 2 :] if "time_limit" not in map(str, a.fair)) for each in WRONG.values()]


@pytest.mark.parametrize("answer", SOME, ids=lambda answer: answer.name)
def test_what_is_shown_fails_by_itself(answer: KnownAnswer, sandbox: Sandbox) -> None:
    said = repeated(answer.path, judge_answer(answer, SEED, sandbox, full=True))
    assert said == "repeats" or said.startswith("exempt")


def test_every_problem_is_tried() -> None:
    assert {answer.problem for answer in SOME} == {problem.slug for problem in all_problems()}
