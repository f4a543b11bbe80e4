"""Judging for a proof: one answer by itself, or many changed references at once, with case sets that are kept for all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from judge.authoring.journal import Journal, digest_of, key_of
from judge.authoring.selection import CaseSets, CaseSubset, Selection
from judge.authoring.shared_run import SharedRun
from judge.cases import CaseSet
from judge.isolation import Sandbox
from judge.judging import Manner, Plan, Trial, judge_trial, limits_of
from judge.settings import Configuration
from judge.source import reject_unread, submission_of
from judge.verdict import Verdict
from problems import Framework, Problem
from problems.asks import Program

NAMED_CASES = 4  # of each check, from which a mistake must be named where there is no time for all
HANGS = Configuration(call_seconds=3.0)
HANGS_TOGETHER = Configuration(call_seconds=0.5)


class Extent(Enum):
    """How much of a case set an answer is asked.

    Attributes:
        ALL: everything.
        FEW: a few cases of each check that takes little time.
        FEW_OF_ALL: a few cases of each check.
    """

    ALL = "all"
    FEW = "few"
    FEW_OF_ALL = "few of all"


class AnswerJudge:
    """Judges answers to one problem, and remembers what showed them to be wrong.

    Args:
        problem: it.
        sandbox: where they run.
        journal: what was found before, and where what is found now is written; None: neither.
    """

    def __init__(self, problem: Problem, sandbox: Sandbox, journal: Journal | None = None) -> None:
        self._problem = problem
        self._journal = journal
        self._sandbox = sandbox
        self._case_sets = CaseSets(problem)
        self._selection = Selection()
        self._first: dict[tuple[Framework, int, Extent], CaseSubset] = {}

    def judge(
        self,
        source: str,
        seed: int,
        *,
        first_failure_only: bool = False,
        minimise: bool = False,
        extent: Extent = Extent.ALL,
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
            extent: how much of each check.
            checks: ask these only; all where there are none.
            framework: None: told from what it imports.
            problem: another form of it, as without what is forbidden.
            configuration: limits.
        """
        whose = "" if problem is None else problem.forbidden
        key = key_of(source, seed, first_failure_only, minimise, extent, tuple(checks), framework, whose, configuration)
        if self._journal is not None and (before := self._journal.verdict(key)) is not None:
            return before
        found = self._judged(
            source,
            seed,
            first_failure_only=first_failure_only,
            minimise=minimise,
            extent=extent,
            checks=checks,
            framework=framework,
            problem=problem,
            configuration=configuration,
        )
        if self._journal is not None:
            self._journal.note(key, found)
        return found

    def _judged(
        self,
        source: str,
        seed: int,
        *,
        first_failure_only: bool,
        minimise: bool,
        extent: Extent,
        checks: Sequence[str],
        framework: str | None,
        problem: Problem | None,
        configuration: Configuration,
    ) -> Verdict:
        chosen = problem or self._problem
        submission = submission_of(
            source.encode(), f"{chosen.slug}.py", problem=chosen, framework=framework, stem=chosen.slug
        )
        rejected = reject_unread(submission, seed)
        if rejected is not None:
            return rejected
        whole = self._case_sets.case_set(submission.framework, seed)
        case_set = self._part(whole, extent, checks)
        trial = Trial(submission, case_set, self._sandbox, limits_of(chosen, configuration))
        manner = Manner(first_failure_only=first_failure_only, one_process=extent is not Extent.ALL, recorded=False)
        plan = Plan(manner, minimise=minimise and not first_failure_only, explain=not first_failure_only, cost=False)
        judgement = judge_trial(trial, plan, _silent)
        if judgement.failure is not None and not minimise:  # else it is on a case that was not drawn
            self._selection.note_failure(case_set, judgement.failure)
        return judgement.verdict

    def _part(self, whole: CaseSet, extent: Extent, checks: Sequence[str]) -> CaseSet:
        """What is asked of a case set; the first cases of each check are the same for every answer."""
        if checks:
            return CaseSubset(whole, {each.name: range(each.cases) for each in whole.checks if each.name in checks})
        if extent is Extent.ALL:
            return whole
        key = whole.framework, whole.seed, extent
        if key not in self._first:
            self._first[key] = Selection().few(whole, NAMED_CASES, costly=extent is Extent.FEW_OF_ALL)
        return self._first[key]

    def programs(self, seed: int) -> list[Program]:
        """What the checks ask under this seed, but for those of cost."""
        case_set = self._case_sets.case_set(self._problem.model, seed)
        return [program for check in case_set.checks if not check.timed for program in case_set.prepare(check).programs]

    def rejected(self, sources: Sequence[str], seed: int) -> frozenset[str]:
        """Those of changed references that are shown to be wrong together in one run; nothing is said of the others."""
        of = {digest_of(source): source for source in sources}
        key = key_of("together", sorted(of), seed)
        if self._journal is not None and (before := self._journal.rejected(key)) is not None:
            return frozenset(of[each] for each in before if each in of)
        shared_run = SharedRun(self._problem, self._sandbox, self._selection, HANGS_TOGETHER)
        found = shared_run.rejected(sources, self._case_sets.case_set(self._problem.model, seed))
        if self._journal is not None:
            self._journal.note_rejected(key, [digest_of(source) for source in found])
        return found


def _silent(stage: str) -> None:
    """Nobody is told what one of many trials is doing."""


__all__ = ["HANGS", "NAMED_CASES", "AnswerJudge", "Extent"]
