"""What the rules for source leave to the run is `forbidden` there."""

from __future__ import annotations

import pytest

from judge.isolation import Sandbox
from judge.judging import judge_submission
from judge.source import reject_unread
from judge.verdict import Kind
from problems import find_problem
from tests.case_sets import case_set_for
from tests.judge.test_rules import LEFT_TO_THE_RUN
from tests.rules_measured import before_an_answer

SEED = 7


@pytest.mark.parametrize(("slug", "form"), [(slug, form) for slug, forms in LEFT_TO_THE_RUN.items() for form in forms])
def test_what_the_rules_leave_to_the_run_is_forbidden_in_it(slug: str, form: str, sandbox: Sandbox) -> None:
    problem = find_problem(slug)
    handed_in = before_an_answer(LEFT_TO_THE_RUN[slug][form], problem, problem.frameworks[0])
    assert reject_unread(handed_in, SEED) is None
    case_set = case_set_for(handed_in, SEED)
    verdict = judge_submission(handed_in, seed=SEED, sandbox=sandbox, first_failure_only=True, case_set=case_set)
    assert verdict.verdict is Kind.FORBIDDEN, verdict.headline
