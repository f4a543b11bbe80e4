"""Looking for a change of the solution that makes it right: each is asked the failing case, and what passes that is asked more.

What is changed runs behind the same door as the solution. Nothing of it decides a verdict.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import msgspec

from judge.explain import Evidence
from judge.explain.edits.repairs import Repair, Repairs
from judge.judging.decision import Decision, decide
from judge.judging.run import Manner, Run, run_checks
from judge.oracle import Expected
from judge.program import to_steps
from judge.source import parse, reject_unread
from judge.verdict import Kind, ProblemError
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check
from problems.kinds import Breach
from sandbox import Asking, Door, Limits

MOST_ASKS = 1200  # of repairs: counted, not timed, so that the same file always gets the same words
MOST_ENDS = 8  # of processes: what hangs or crashes is not tried again and again
MOST_JUDGED = 6  # changed files, by all checks
MOST_OF_SKIPPED = 4  # cases of each check that was not tried
MOST_LINES_MORE = 10_000_000  # where it has put the failing case right
CALL_SECONDS = 2.0
MOST_LINES = 100_000  # that a call of a changed file may carry out: a change can make a loop endless
LINES_AN_ASK = 40  # steps of a program that count as a further ask


class Repaired(msgspec.Struct, frozen=True):
    """A change that puts the failing case right.

    Attributes:
        repair: it.
        whole: the changed file is accepted; else other checks still fail.
    """

    repair: Repair
    whole: bool


class _Question(msgspec.Struct, frozen=True):
    check: Check
    case: Case
    program: Program
    right: Expected
    failed: bool = True


def _question(item: Evidence) -> _Question:
    return _Question(item.check, item.case, item.program, item.right, item.failed)


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


class _Repairing:
    """The search for one file."""

    def __init__(self, run: Run, decision: Decision, limits: Limits) -> None:
        self._run = run
        self._decision = decision
        self._trial = msgspec.structs.replace(run.trial, limits=limits)
        self._repairs = Repairs(run.trial.submission.source)
        kept = [item for item in run.evidence if not item.check.timed and (item.failed or not item.check.stochastic)]
        self._evidence = [_question(item) for item in sorted(kept, key=lambda item: not item.failed)]
        skipped = [
            each.check for each in run.checks if each.skipped and not (each.check.timed or each.check.stochastic)
        ]
        self._not_tried = frozenset(check.name for check in skipped)
        for check in skipped:
            ready = run.trial.case_set.prepare(check)
            parts = zip(ready.cases, ready.programs, ready.rights, strict=True)
            self._evidence += [_Question(check, *part) for part in itertools.islice(parts, MOST_OF_SKIPPED)]
        self._left = MOST_ASKS
        self._ends = 0

    def found(self, suspected: Sequence[int], reached: frozenset[int] | None) -> Repaired | None:
        asked = self._first_question()
        if asked is None:
            return None
        partly: Repair | None = None
        judged = 0
        for repair, text, left in self._passing(self._repairs.found(suspected, reached), asked):
            if left:
                partly = partly or repair
            elif judged < MOST_JUDGED:
                judged += 1
                if self._is_accepted(text):
                    return Repaired(repair, True)
            else:
                break
        return None if partly is None else Repaired(partly, False)

    def _first_question(self) -> list[_Question] | None:
        """What the file fails in a process of its own: the case that is shown, or where it hangs on earlier calls all of the check's."""
        failure = self._decision.failure
        assert failure is not None
        trial = self._trial
        right = Expected(trial.case_set.reference, failure.program, failure.case.seed)
        shown = [_Question(failure.check, failure.case, failure.program, right)]
        ready = trial.case_set.prepare(failure.check)
        every = [
            _Question(ready.check, case, program, its)
            for case, program, its in zip(ready.cases, ready.programs, ready.rights, strict=True)
        ]
        for asked in (shown, every):
            with trial.open_loaded() as door:
                if self._wrong(asked, self._asking(asked), door):
                    return asked
        return None

    def _passing(
        self, repairs: Sequence[Repair], asked: Sequence[_Question]
    ) -> Iterator[tuple[Repair, str, frozenset[str]]]:
        """The repairs with which the first question is answered rightly and nothing is spoilt; their texts; what still fails."""
        first, more = self._asking(asked), self._asking(self._evidence)
        cost = 1 + sum(len(each.program) for each in asked) // LINES_AN_ASK
        failed = frozenset(each.check.name for each in self._evidence if each.failed)
        known = {self._trial.submission.source}
        door = self._trial.open_loaded()
        try:
            for repair in repairs:
                self._left -= cost
                if self._left < 0 or self._ends > MOST_ENDS:
                    return
                text = self._repairs.text(repair)
                if text in known:
                    continue
                known.add(text)
                door.post_instead(text, MOST_LINES)
                wrong = self._wrong(asked, first, door)
                if not wrong and self._evidence:
                    door.post_instead(text, MOST_LINES_MORE)
                    still = self._wrong(self._evidence, more, door)
                    if still <= failed | self._not_tried and self._decision.failure.check.name not in still:  # type: ignore[union-attr]
                        yield repair, text, still
                if door.end is not None:
                    self._ends += 1
                    door.close()
                    door = self._trial.open_loaded()
        finally:
            door.close()

    def _asking(self, asked: Sequence[_Question]) -> Asking:
        arrays, exchanged = self._trial.case_set.arrays, self._trial.case_set.exchanged
        return Asking([to_steps(each.program, arrays=arrays) for each in asked], exchanged)

    def _wrong(self, asked: Sequence[_Question], asking: Asking, door: Door) -> frozenset[str]:
        """The names of the checks that find something wrong in what comes back; of those that passed before one is enough."""
        door.post(asking)
        for each in asked:
            each.right.prepare()
        found = set[str]()
        for number, (each, replies) in enumerate(zip(asked, door.collect(), strict=True)):
            end = door.end if door.end is not None and number >= door.end.program else None
            try:
                fault = self._trial.examiner.examine(each.check, each.case, each.program, replies, end, each.right)
            except ProblemError:  # a check's own code over strange answers
                found.add(each.check.name)
                continue
            if fault is not None:
                found.add(each.check.name)
                if not each.failed:
                    break
        return frozenset(found)

    def _is_accepted(self, text: str) -> bool:
        """Whether the judge accepts the changed file."""
        submission = self._run.trial.submission
        try:
            tree = parse(text, submission.filename)
        except SyntaxError:
            return False
        submission = msgspec.structs.replace(submission, source=text, tree=tree, data=text.encode())
        if reject_unread(submission, self._trial.seed) is not None:
            return False
        trial = msgspec.structs.replace(self._run.trial, submission=submission)
        run = run_checks(trial, Manner(first_failure_only=True), lambda words: None)
        return decide(run).kind is Kind.ACCEPTED
