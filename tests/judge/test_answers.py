"""Answers with known verdicts get them, whatever the seed: right ones are accepted, wrong ones are not.

A few of tests/answers with one seed: every sixth right one and two wrong ones of the first five problems, and fewer of the later ones;
the references and what is in accepted/ are judged by test_proofs.py, a quarter of the problems at a time. `make verify` judges all of them
with twenty.
"""

import pytest

from tests.judge.answers import FIRST, FOLDER, judge_answer, known_answers, some_answers

SEEDS = (1,)
CHOSEN = [answer for answer in some_answers(2) if FOLDER in answer.path.parents]
EARLIER = [answer for answer in CHOSEN if answer.problem in FIRST]
LATER = [answer for answer in CHOSEN if answer.problem not in FIRST]
RIGHT = [answer for answer in EARLIER if answer.right]
WRONG = [answer for answer in EARLIER if not answer.right]
CHOSEN = RIGHT[::6] + WRONG + LATER[::7]


@pytest.mark.parametrize("answer", CHOSEN, ids=lambda answer: answer.name)
def test_answer_gets_a_fair_verdict(answer, sandbox):
    for seed in SEEDS:
        verdict = judge_answer(answer, seed, sandbox)
        assert verdict.verdict in answer.fair, f"seed {seed}: {verdict.verdict}: {verdict.headline}"


def test_every_problem_has_enough_answers():
    for problem in {answer.problem for answer in known_answers()}:
        mine = [answer for answer in known_answers() if answer.problem == problem]
        assert sum(answer.right for answer in mine) >= 4 + 3  # accepted/ and others
        assert sum(not answer.right for answer in mine) >= 8
