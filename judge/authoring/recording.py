"""Recording the cases that are asked before all others: few that reject every mistake of the catalogue, where cases can."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from judge.cases import CaseSet, Recorded, write_corpus
from judge.isolation import Sandbox
from judge.judging import KIND_ONLY, Manner, Trial, judge_trial, limits_of
from judge.running import Examiner, load_fault, load_spec, replay
from judge.settings import Configuration
from judge.source import Submission, submission_of
from problems import Problem
from problems.mistakes import mistaken, read_mistakes

SEEDS = range(3)
HANGS = Configuration(call_seconds=3.0)
DRAWN_ONLY = msgspec.structs.replace(KIND_ONLY, manner=Manner(first_failure_only=True, recorded=False))


def record(problem: Problem, sandbox: Sandbox, progress: Callable[[str], None]) -> tuple[Recorded, ...]:
    """Write down the case on which each mistake fails first, but for those on which a case that is recorded already fails."""
    case_sets = [CaseSet(problem, problem.model, seed, kept=True) for seed in SEEDS]
    recorded: list[Recorded] = []
    for mistake in read_mistakes(problem):
        progress(f"{problem.name}: a case for {mistake.id}")
        source = mistaken(problem.solution, [mistake]) or ""
        name = f"{problem.slug}.py"
        submission = submission_of(
            source.encode(), name, problem=problem, framework=problem.model.name, stem=problem.slug
        )
        if not _fails(submission, case_sets[0], recorded, sandbox):
            recorded += [found for found in [_first(submission, case_sets, sandbox)] if found is not None]
    write_corpus(problem, recorded)
    return tuple(recorded)


def _fails(submission: Submission, case_set: CaseSet, recorded: list[Recorded], sandbox: Sandbox) -> bool:
    """Whether it fails on any of these."""
    problem = submission.problem
    examiner = Examiner(submission.source, case_set.arrays)
    with sandbox.open(submission.framework, limits_of(problem, HANGS), case_set.exchanged) as door:
        spec = load_spec(
            problem, submission.framework, source=submission.source, filename=submission.filename, seed=case_set.seed
        )
        loaded = door.load(spec | sandbox.spec(submission.framework))
        if load_fault(loaded, submission, examiner) is not None:
            return True
        return bool(replay(case_set.corpus_of(recorded), door, examiner))


def _first(submission: Submission, case_sets: list[CaseSet], sandbox: Sandbox) -> Recorded | None:
    """The case on which it fails first under any of these seeds, but for checks whose cases can't be asked with others."""
    for case_set in case_sets:
        trial = Trial(submission, case_set, sandbox, limits_of(submission.problem, HANGS))
        failure = judge_trial(trial, DRAWN_ONLY, lambda text: None).failure
        if failure is None:
            continue
        check = failure.check
        if not check.timed and not check.own_process:
            return Recorded(check.name, case_set.seed, failure.number)
    return None
