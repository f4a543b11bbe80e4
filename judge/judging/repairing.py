"""Looking for a change of the solution that makes it right: each is asked the failing case, and what passes that is asked more.

What is changed runs behind the same door as the solution. Nothing of it decides a verdict.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator, Sequence

import msgspec

from judge.explain import Evidence
from judge.explain.edits.repairs import Repair, Repairs
from judge.judging.changed_files import MOST_LINES, ChangedFiles, Question
from judge.judging.decision import Decision
from judge.judging.run import Manner, Run, run_checks
from judge.judging.trial import Trial
from judge.oracle import Expected
from judge.program import most_numbers
from judge.source import Submission, parse, reject_unread
from problems.asks import Program
from problems.kinds import Breach
from sandbox import Limits

MOST_ASKS = 600  # of repairs: counted, not timed, so that the same file always gets the same words
MOST_ELSEWHERE = 4  # other checks that are asked where nothing makes the first one pass
MENDED_AT_LEAST = 2  # checks, by a change that leaves others failing
MOST_ASKS_OF_CONTRACTS = 300  # a contract is broken in few places
FEW_NUMBERS = 400  # of the largest argument of a program that costs little
OF_A_PART = 24
MOST_PARTLY = 2  # changes that put the reported check right and leave others failing
MOST_PASSING = 24  # changes that answer the failing case rightly, and are asked all the rest: the likeliest come first
MOST_JUDGED = 6  # changed files, by all checks
MOST_OF_SKIPPED = 4  # cases of each check that was not tried
CALL_SECONDS = 2.0
STEPS_AN_ASK = 40  # steps of a program that count as a further ask
NUMBERS_AN_ASK = 1000  # of its largest argument that do


class Repaired(msgspec.Struct, frozen=True):
    """A change that puts the failing case right.

    Attributes:
        repair: it.
        whole: the changed file is accepted; else other checks still fail.
        check: that it makes pass.
    """

    repair: Repair
    whole: bool
    check: str


def _cost(program: Program) -> int:
    """How many asks one of this program counts for."""
    return 1 + len(program) // STEPS_AN_ASK + most_numbers(program) // NUMBERS_AN_ASK


def _parts(evidence: Sequence[Question]) -> list[list[Question]]:
    """What costs little first, in messages of so many: most changes fail soon."""
    ordered = sorted(evidence, key=lambda each: (most_numbers(each.program) > FEW_NUMBERS, not each.failed))
    return [list(ordered[first : first + OF_A_PART]) for first in range(0, len(ordered), OF_A_PART)]


def _question(item: Evidence) -> Question:
    return Question(item.check, item.case, item.program, item.right, item.failed, item.known)


def find_repair(
    run: Run, decision: Decision, suspected: Sequence[int], reached: frozenset[int] | None
) -> Repaired | None:
    """The first change that makes the file right; or one that puts right what is reported and spoils nothing; or None.

    Args:
        run: of the file.
        decision: with the failure.
        suspected: lines of the file, the likeliest first.
        reached: lines that the failing case may have run through; None: any.
    """
    failure = decision.failure
    if failure is None or not failure.program or failure.check.timed or failure.fault.breach is Breach.RESOURCES:
        return None
    limits = run.trial.limits
    short = msgspec.structs.replace(limits, call_seconds=min(CALL_SECONDS, limits.call_seconds))
    return _Repairing(run, decision, short).found(suspected, reached)


def _failed_checks(run: Run) -> frozenset[str]:
    return frozenset(each.check.name for each in run.checks if each.failure is not None)


def changed_submission(trial: Trial, text: str) -> Submission | None:
    """The same file with another text; None where the rules for source reject it.

    Args:
        trial: of the file.
        text: of the changed one.
    """
    submission = trial.submission
    try:
        tree = parse(text, submission.filename)
    except SyntaxError:
        return None
    submission = msgspec.structs.replace(submission, source=text, tree=tree, data=text.encode())
    return None if reject_unread(submission, trial.seed) is not None else submission


class _Repairing:
    """The search for one file."""

    def __init__(self, run: Run, decision: Decision, limits: Limits) -> None:
        self._run = run
        self._decision = decision
        self._trial = msgspec.structs.replace(run.trial, limits=limits)
        self._repairs = Repairs(run.trial.submission.source)
        self._checks = frozenset(each.check.name for each in run.checks)  # those that are explained here
        kept = [item for item in run.evidence if not item.check.timed and (item.failed or not item.check.stochastic)]
        self._evidence = [_question(item) for item in sorted(kept, key=lambda item: not item.failed)]
        not_tried = [run.trial.case_set.check(each.check.name) for each in run.checks if each.skipped]
        skipped = [check for check in not_tried if not (check.timed or check.stochastic)]
        self._not_tried = frozenset(check.name for check in skipped)
        for check in skipped:
            ready = run.trial.case_set.prepare(check)
            for place in range(min(ready.count, MOST_OF_SKIPPED)):
                known = ready.known[place] if ready.known else None
                parts = ready.cases[place], ready.programs[place], ready.rights[place]
                self._evidence.append(Question(check, *parts, known=known))
        self._all = ChangedFiles(self._trial, self._evidence, None)  # of which each part is asked in its processes
        self._more = [self._all.part(part) for part in _parts(self._evidence)]

    def found(self, suspected: Sequence[int], reached: frozenset[int] | None) -> Repaired | None:
        """The first that makes the file right, or one that puts right what is reported."""
        asked = self._first_question()
        if asked is None:
            return None
        check = asked[0].check.name
        partly: list[tuple[Repair, str]] = []
        judged = 0
        repairs = self._repairs.found(suspected, reached)
        with contextlib.closing(self._all), contextlib.closing(self._passing(repairs, asked)) as passing:
            for repair, text, left in passing:
                if left:
                    if len(partly) < MOST_PARTLY and self._tells_enough(left):
                        partly.append((repair, text))
                    continue
                judged += 1
                failing = self._failing(text)
                if failing is not None and not failing & self._checks:
                    return Repaired(repair, not failing, check)
                if judged == MOST_JUDGED:
                    break
            for repair, text in partly:
                if self._is_better(text, check):
                    return Repaired(repair, False, check)
            return self._elsewhere(repairs, 2 if suspected else 1)

    def _elsewhere(self, repairs: Sequence[Repair], least: int) -> Repaired | None:
        """The change that makes most of the other failing checks pass, and spoils nothing.

        Where several mistakes show in what is reported, one of them may show alone elsewhere.

        Args:
            repairs: to be tried.
            least: how many checks it must make pass: one may pass by accident, and where a line is suspected that weighs more.
        """
        breaches = {each.check.name: each.failure.fault.breach for each in self._run.checks if each.failure is not None}
        shown = self._decision.failure
        assert shown is not None
        asked = [
            each
            for each in self._evidence
            if each.failed
            and each.check.name != shown.check.name
            and not each.check.stochastic
            and Breach.EXCEPTION <= breaches.get(each.check.name, Breach.RESOURCES) < Breach.RESOURCES
            and most_numbers(each.program) <= FEW_NUMBERS
        ][:MOST_ELSEWHERE]
        if not asked or self._not_tried:
            return None
        names = frozenset(each.check.name for each in asked)
        failed = frozenset(each.check.name for each in self._evidence if each.failed)
        with contextlib.closing(ChangedFiles(self._trial, asked, MOST_LINES)) as asker:
            better = [
                (repair, text, names - wrong)
                for repair, text, wrong in asker.each(self._texts(repairs, asked))
                if len(names - wrong) >= least
            ]
        for repair, text, mended in sorted(better, key=lambda each: (-len(each[2]), each[0].rank))[:MOST_JUDGED]:
            if self._still_wrong(text, failed - mended) is not None and self._is_better(text, min(mended)):
                return Repaired(repair, False, min(mended))
        return None

    def _tells_enough(self, left: frozenset[str]) -> bool:
        """Whether a change that leaves some checks failing puts so much right that it is no accident."""
        failed = {each.check.name for each in self._evidence if each.failed}
        mended = len(failed - left)
        # Such a contract has a check of its own. An error that is asked for can be raised by accident, where all else is wrong as well.
        if self._decision.fault.breach < Breach.NO_ERROR:
            return not left & self._not_tried
        return not left & self._not_tried and mended >= MENDED_AT_LEAST and 2 * mended >= len(failed)

    def _first_question(self) -> list[Question] | None:
        """What the file fails in a process of its own: the case that is shown, or where it hangs on earlier calls all of the check's."""
        failure = self._decision.failure
        assert failure is not None
        trial = self._trial
        right = Expected(trial.case_set.reference, failure.program, failure.case.seed)
        shown = [Question(failure.check, failure.case, failure.program, right)]
        ready = trial.case_set.prepare(failure.check)
        every = [Question(failure.check, *part) for part in zip(ready.cases, ready.programs, ready.rights, strict=True)]
        for asked in (shown, every):
            with contextlib.closing(ChangedFiles(trial, asked, MOST_LINES)) as asker:
                if asker.ask(trial.submission.source) and not asker.cut:
                    return asked
        return None

    def _passing(
        self, repairs: Sequence[Repair], asked: Sequence[Question]
    ) -> Generator[tuple[Repair, str, frozenset[str]]]:
        """The repairs with which the first question is answered rightly and nothing is spoilt; their texts; what still fails."""
        failure = self._decision.failure
        assert failure is not None
        failed = frozenset(each.check.name for each in self._evidence if each.failed) | self._not_tried
        passing = 0
        with contextlib.closing(ChangedFiles(self._trial, asked, MOST_LINES)) as first:
            for repair, text, wrong in first.each(self._texts(repairs, asked)):
                if wrong:
                    continue
                still = self._still_wrong(text, failed - {failure.check.name})
                if still is not None:
                    yield repair, text, still
                passing += 1
                if passing == MOST_PASSING:
                    return

    def _still_wrong(self, text: str, may_fail: frozenset[str]) -> frozenset[str] | None:
        """The checks that fail on a changed file; None where one does that may not."""
        found = frozenset[str]()
        for part in self._more:
            found |= part.ask(text)
            if not found <= may_fail:
                return None
        return found

    def _texts(self, repairs: Sequence[Repair], asked: Sequence[Question]) -> Iterator[tuple[Repair, str]]:
        """The changed files, each once, within the number of asks."""
        contract = self._decision.fault.breach < Breach.RANDOM
        left = (MOST_ASKS_OF_CONTRACTS if contract else MOST_ASKS) // sum(_cost(each.program) for each in asked)
        known = {self._trial.submission.source}
        for repair in repairs:
            text = self._repairs.text(repair)
            if text in known:
                continue
            known.add(text)
            left -= 1
            if left < 0:
                return
            yield repair, text

    def _failing(self, text: str) -> frozenset[str] | None:
        """The checks that fail where the changed file is judged whole; None where it can't be."""
        submission = changed_submission(self._run.trial, text)
        if submission is None:
            return None
        run = run_checks(msgspec.structs.replace(self._run.trial, submission=submission), Manner(), lambda words: None)
        return None if run.load_fault is not None else _failed_checks(run)

    def _is_better(self, text: str, check: str) -> bool:
        """Whether the changed file passes a check that it failed, and none fails that passed: evidence is a part of all cases only."""
        before, after = _failed_checks(self._run), self._failing(text)
        return after is not None and after & self._checks < before and check in before - after
