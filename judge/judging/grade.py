"""One submission judged by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from judge.settings import Configuration
from judge.source import Submission
from judge.verdict import Verdict

if TYPE_CHECKING:
    from judge.cases import CaseSet
    from judge.isolation import Sandbox
    from judge.judging.cost_decisions import CostDecisions

Progress = Callable[[str], None]


def judge_submission(
    submission: Submission,
    *,
    seed: int,
    sandbox: Sandbox,
    progress: Progress | None = None,
    configuration: Configuration | None = None,
    first_failure_only: bool = False,
    minimise: bool = True,
    case_set: CaseSet | None = None,
    costs: CostDecisions | None = None,
) -> Verdict:
    """Judge a submission that has passed the rules for source.

    Args:
        submission: the file.
        seed: all cases follow from it.
        sandbox: where it runs.
        progress: told in a few words what is being done.
        configuration: limits that replace the problem's own.
        first_failure_only: stop at the first check that fails, and look for neither the smallest failing input nor the mistake. The
            kind of verdict is the same.
        minimise: look for the smallest failing input.
        case_set: the checks of this problem, framework and seed, where they are kept for several files.
        costs: what was decided before about costs near the line.
    """
    from judge.cases import CaseSet
    from judge.judging.judgement import KIND_ONLY, Plan, judge_trial
    from judge.judging.trial import Trial, limits_of

    problem, framework = submission.problem, submission.framework
    trial = Trial(
        submission,
        case_set or CaseSet(problem, framework, seed),
        sandbox,
        limits_of(problem, configuration or Configuration()),
        costs,
    )
    plan = KIND_ONLY if first_failure_only else Plan(minimise=minimise)
    return judge_trial(trial, plan, progress or (lambda text: None)).verdict
