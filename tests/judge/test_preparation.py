import msgspec
import pytest

from judge.cases import CaseSet, Drawing, load_checks
from judge.judging import Judgement, Manner, OnFirstFailure, Plan, Trial, judge_trial
from judge.source import submission_of
from judge.verdict import Verdict, to_json
from problems import all_problems, find_problem
from problems.cases import Case
from problems.frameworks import TORCH
from tests.judge.judging import trial_of

PROBLEM = find_problem("lstm")
WRONG = PROBLEM.solution.replace("i_BH, f_BH, g_BH, o_BH = gates", "i_BH, g_BH, f_BH, o_BH = gates")


def lasting(verdict: Verdict) -> bytes:
    """What is the same from run to run."""
    checks = tuple(msgspec.structs.replace(check, seconds=0.0) for check in verdict.checks)
    return to_json(msgspec.structs.replace(verdict, seconds=0.0, checks=checks))


def trial(source: str, sandbox, case_set: CaseSet | None = None) -> Trial:
    submission = submission_of(source.encode(), "lstm.py", problem="lstm", framework="torch", stem="lstm")
    return trial_of(submission, sandbox, seed=3, case_set=case_set)


def judged(
    source: str, sandbox, case_set: CaseSet | None = None, on_first_failure: OnFirstFailure | None = None
) -> Judgement:
    plan = Plan(Manner(on_first_failure=on_first_failure))
    return judge_trial(trial(source, sandbox, case_set), plan, lambda text: None)


def test_prepared_cases_give_the_same_verdict_as_fresh_ones(sandbox):
    case_set = CaseSet(PROBLEM, TORCH, 3, kept=True)
    for _ in case_set.ahead():
        pass
    fresh = lasting(judged(WRONG, sandbox).verdict)
    for _ in range(2):  # the case set is not used up
        assert lasting(judged(WRONG, sandbox, case_set).verdict) == fresh
        assert judged(PROBLEM.solution, sandbox, case_set).verdict.accepted


@pytest.mark.parametrize("slug", [problem.slug for problem in all_problems()])
def test_every_case_can_be_kept_as_json_and_tried_again(slug: str):
    for check in load_checks(find_problem(slug)):
        for case in Drawing(msgspec.structs.replace(check, cases=3), 5).cases():
            kept = msgspec.convert(msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(case))), Case)
            assert kept == case, check.name
            assert repr(check.ask(kept)) == repr(check.ask(case)), check.name


def test_failing_case_is_tried_again_by_itself_and_noticed_at_once(sandbox):
    case_set = CaseSet(PROBLEM, TORCH, 3, kept=True)
    noticed: list[tuple[str, str]] = []
    wrong = judged(WRONG, sandbox, case_set, lambda check, kind, said: noticed.append((check.name, kind)))
    verdict = wrong.verdict
    failed = verdict.failed()
    assert failed is not None
    assert noticed == [(failed.name, "wrong_answer")]
    (check,) = [check for check in case_set.checks if check.name == failed.name]
    case = wrong.failing_case
    assert case is not None
    assert trial(PROBLEM.solution, sandbox, case_set=case_set).retry(check, case) is None
    fault = trial(WRONG, sandbox, case_set=case_set).retry(check, case)
    assert fault is not None
    assert fault.sentence == verdict.headline
    broken = trial("raise ValueError('now')", sandbox, case_set=case_set).retry(check, case)
    assert broken is not None
    assert broken.kind.value == "load_error"


class Interrupted:
    """A sandbox whose runs are interrupted while they load a file."""

    kind, level = "interrupted", "none"

    def __init__(self) -> None:
        self.closed = 0

    def open(self, *arguments):
        return self

    def spec(self, framework):
        return {}

    def load(self, spec):
        raise KeyboardInterrupt

    post_load = load

    def close(self):
        self.closed += 1


def test_a_run_that_is_interrupted_while_it_loads_the_file_is_closed():
    sandbox = Interrupted()
    interrupted = trial(PROBLEM.solution, sandbox)
    for count, begin in enumerate((interrupted.begin, interrupted.open_loaded), 1):
        with pytest.raises(KeyboardInterrupt):
            begin()
        assert sandbox.closed == count
