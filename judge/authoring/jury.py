"""Judging for a proof: one answer by itself, or many changed references at once, with decks that are kept for all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from judge.authoring.company import Company
from judge.authoring.screening import Decks, FewCases, Screening
from judge.cases import Deck
from judge.isolation import Sandbox
from judge.judging import Manner, Plan, Trial, judge_trial, limits_of
from judge.settings import Configuration
from judge.source import reject_unread, submission_of
from judge.verdict import Verdict
from problems import Framework, Problem

NAMED_CASES = 4  # of each check, from which a mistake must be named where there is no time for all
HANGS = Configuration(call_seconds=3.0)
HANGS_IN_COMPANY = Configuration(call_seconds=0.5)


class Asked(Enum):
    """How much of a deck an answer is asked.

    Attributes:
        ALL: everything.
        FEW: a few cases of each check that takes little time.
        FEW_OF_ALL: a few cases of each check.
    """

    ALL = "all"
    FEW = "few"
    FEW_OF_ALL = "few of all"


class Jury:
    """Judges answers to one problem, and remembers what showed them to be wrong.

    Args:
        problem: it.
        sandbox: where they run.
    """

    def __init__(self, problem: Problem, sandbox: Sandbox) -> None:
        self._problem = problem
        self._sandbox = sandbox
        self._decks = Decks(problem)
        self._screening = Screening()
        self._first: dict[tuple[Framework, int, Asked], FewCases] = {}

    def judge(
        self,
        source: str,
        seed: int,
        *,
        first_failure_only: bool = False,
        minimise: bool = False,
        asked: Asked = Asked.ALL,
        checks: Sequence[str] = (),
        framework: str | None = None,
        problem: Problem | None = None,
        configuration: Configuration = HANGS,
    ) -> Verdict:
        """The verdict on one answer.

        Args:
            source: of its file.
            seed: all cases follow from it.
            first_failure_only: stop at the first check that fails, and look for no mistake.
            minimise: look for the smallest failing input.
            asked: how much of each check.
            checks: ask these only; all where there are none.
            framework: None: told from what it imports.
            problem: another form of it, as without what is forbidden.
            configuration: limits.
        """
        chosen = problem or self._problem
        submission = submission_of(
            source.encode(), f"{chosen.slug}.py", problem=chosen, framework=framework, stem=chosen.slug
        )
        rejected = reject_unread(submission, seed)
        if rejected is not None:
            return rejected
        whole = self._decks.deck(submission.framework, seed)
        deck = self._part(whole, asked, checks)
        trial = Trial(submission, deck, self._sandbox, limits_of(chosen, configuration))
        manner = Manner(first_failure_only=first_failure_only, one_process=asked is not Asked.ALL)
        plan = Plan(manner, minimise=minimise and not first_failure_only, explain=not first_failure_only, cost=False)
        judgement = judge_trial(trial, plan, _silent)
        if judgement.failure is not None and not minimise:  # else it is on a case that was not drawn
            self._screening.note_failure(deck, judgement.failure)
        return judgement.verdict

    def _part(self, whole: Deck, asked: Asked, checks: Sequence[str]) -> Deck:
        """What is asked of a deck; the first cases of each check are the same for every answer."""
        if checks:
            return FewCases(whole, {each.name: range(each.cases) for each in whole.checks if each.name in checks})
        if asked is Asked.ALL:
            return whole
        key = whole.framework, whole.seed, asked
        if key not in self._first:
            self._first[key] = Screening().few(whole, NAMED_CASES, costly=asked is Asked.FEW_OF_ALL)
        return self._first[key]

    def rejected(self, sources: Sequence[str], seed: int) -> frozenset[str]:
        """Those of changed references that are shown to be wrong in company; nothing is said of the others."""
        company = Company(self._problem, self._sandbox, self._screening, HANGS_IN_COMPANY)
        return company.rejected(sources, self._decks.deck(self._problem.model, seed))


def _silent(stage: str) -> None:
    """Nobody is told what one of many trials is doing."""


__all__ = ["HANGS", "NAMED_CASES", "Asked", "Jury"]
