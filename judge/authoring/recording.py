"""Recording the cases that are asked before all others: few that reject every mistake of the catalogue, where cases can."""

from __future__ import annotations

from collections.abc import Callable

from judge.cases import Deck, Recorded, write_opening
from judge.isolation import Sandbox
from judge.judging import KIND_ONLY, Trial, judge_trial, limits_of
from judge.running import Examiner, foresee, load_fault, load_spec
from judge.settings import Configuration
from judge.source import Submission, submission_of
from problems import Problem
from problems.mistakes import mistaken, read_mistakes

SEEDS = range(3)
HANGS = Configuration(call_seconds=3.0)


def record(problem: Problem, sandbox: Sandbox, progress: Callable[[str], None]) -> tuple[Recorded, ...]:
    """Write down the case on which each mistake fails first, but for those on which a case that is recorded already fails."""
    decks = [Deck(problem, problem.model, seed, kept=True) for seed in SEEDS]
    recorded: list[Recorded] = []
    for mistake in read_mistakes(problem):
        progress(f"{problem.name}: a case for {mistake.id}")
        source = mistaken(problem.solution, [mistake]) or ""
        name = f"{problem.slug}.py"
        submission = submission_of(
            source.encode(), name, problem=problem, framework=problem.model.name, stem=problem.slug
        )
        if not _fails(submission, decks[0], recorded, sandbox):
            recorded += [found for found in [_first(submission, decks, sandbox)] if found is not None]
    write_opening(problem, recorded)
    return tuple(recorded)


def _fails(submission: Submission, deck: Deck, recorded: list[Recorded], sandbox: Sandbox) -> bool:
    """Whether it fails on any of these."""
    problem = submission.problem
    examiner = Examiner(submission.source, deck.arrays)
    with sandbox.open(submission.framework, limits_of(problem, HANGS), deck.exchanged) as door:
        spec = load_spec(
            problem, submission.framework, source=submission.source, filename=submission.filename, seed=deck.seed
        )
        loaded = door.load(spec | sandbox.spec(submission.framework))
        if load_fault(loaded, submission, examiner) is not None:
            return True
        return foresee(deck.opened(recorded), door, examiner) is not None


def _first(submission: Submission, decks: list[Deck], sandbox: Sandbox) -> Recorded | None:
    """The case on which it fails first under any of these seeds, but for checks whose cases can't be asked with others."""
    for deck in decks:
        trial = Trial(submission, deck, sandbox, limits_of(submission.problem, HANGS))
        failure = judge_trial(trial, KIND_ONLY, lambda text: None).failure
        if failure is None:
            continue
        check = failure.check
        if not check.measured and not check.fresh:
            return Recorded(check.name, deck.seed, failure.number)
    return None
