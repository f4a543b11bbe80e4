"""Judging a file in this process, as tests do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from judge.isolation import Sandbox
from judge.judging import Trial
from judge.service.in_process import InProcess
from judge.service.requests import Request, Settings
from judge.service.waiting import judged
from judge.settings import Configuration
from judge.source import Submission, read_source, submission_of
from judge.tracing import trace_of
from judge.verdict import Trace, Verdict


def read_submission(path: Path, *, problem: str | None = None, framework: str | None = None) -> Submission:
    """A file with its problem and framework."""
    return submission_of(read_source(path), path.name, problem=problem, framework=framework, stem=path.stem)


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
    trial = Trial(submission, seed, sandbox, lambda text: None, Configuration(), brief=True, shrink=True)
    return trace_of(submission, trial, trial.verdict())
