"""Judging a file in this process, as tests do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from judge.cases import CaseSet
from judge.isolation import Sandbox
from judge.judging import Manner, Plan, Trial, judge_trial, limits_of
from judge.service.in_process import InProcess
from judge.service.requests import Request, Settings
from judge.service.waiting import judged
from judge.settings import Configuration
from judge.source import Submission, read_source, siblings_of, submission_of
from judge.tracing import trace_of
from judge.verdict import Trace, Verdict


def read_submission(path: Path, *, problem: str | None = None, framework: str | None = None) -> Submission:
    """A file with its problem and framework."""
    data = read_source(path)
    beside = siblings_of(path, data)
    return submission_of(data, path.name, problem=problem, framework=framework, stem=path.stem, siblings=beside)


def judge_file(
    path: Path,
    *,
    problem: str | None = None,
    seed: int | None = None,
    sandbox: str = "auto",
    progress: Callable[[str], None] | None = None,
) -> Verdict:
    """The verdict on a file.

    Raises:
        NotJudged: there is none.
    """
    request = Request(
        source=read_source(path),
        filename=path.name,
        stem=path.stem,
        problem=problem,
        seed=seed,
        settings=Settings(sandbox=sandbox),
    )
    judge = InProcess()
    try:
        return judged(judge, request, progress).verdict
    finally:
        judge.close()


def trace_submission(submission: Submission, *, seed: int, sandbox: Sandbox) -> Trace:
    """The trace of a file that has passed the rules for source."""
    plan = Plan(Manner(first_failure_only=True), explain=False, cost=False)
    return trace_of(judge_trial(trial_of(submission, sandbox, seed=seed), plan, lambda text: None))


def trial_of(
    submission: Submission,
    sandbox: Sandbox,
    *,
    seed: int,
    case_set: CaseSet | None = None,
    configuration: Configuration | None = None,
) -> Trial:
    """A file that is to be judged, with the problem's limits where nothing else is said."""
    problem, framework = submission.problem, submission.framework
    case_set = case_set or CaseSet(problem, framework, seed)
    return Trial(submission, case_set, sandbox, limits_of(problem, configuration or Configuration()))
