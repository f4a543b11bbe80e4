"""The first stage: a file is loaded and asked its checks. Nothing is decided here; what came of each check is kept."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial

import msgspec

from judge.cases import PreparedCheck, ReadyCheck
from judge.explain import Evidence
from judge.judging.evidence import Answered, answered, evidence_of, passed_cases
from judge.judging.trial import Failure, Trial, closed_on_failure
from judge.running import CheckReplies, Fault, ParallelRun, Replayed, carry_out, is_cost_check, replay, shared_out
from judge.verdict import Kind
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check, CheckFacts
from problems.requirements import GrowsLinearly
from sandbox import Door, Reply

Progress = Callable[[str], None]
OnFirstFailure = Callable[[Check, str, str], None]
"""Told of a check that fails: which one, the verdict's kind, and what was found."""
LONG_SECONDS = 0.25  # of a call: the clock and the machine hardly show beside it
MOST_PROCESSES = 7  # that measure a cost near the line
AFTER_FAILURE = "Not tried, since an earlier check failed."
AFTER_END = "Not tried, since an earlier case ended the run."


class Manner(msgspec.Struct, frozen=True):
    """How a file is asked its checks.

    Attributes:
        first_failure_only: stop at the first check that fails, and keep nothing for an explanation.
        one_process: ask one process after the other, not two side by side.
        recorded: ask the problem's recorded cases before all others. A proof does without: it shows that the drawn cases suffice.
        on_first_failure: told at once of the first check that fails.
    """

    first_failure_only: bool = False
    one_process: bool = False
    recorded: bool = True
    on_first_failure: OnFirstFailure | None = None


class CheckRun(msgspec.Struct, frozen=True):
    """What came of one check.

    Attributes:
        check: it.
        seconds: that it took.
        failure: its first case that failed.
        skipped: why it was not tried, or "".
    """

    check: CheckFacts
    seconds: float = 0.0
    failure: Failure | None = None
    skipped: str = ""


class Question(msgspec.Struct, frozen=True):
    """What was asked on one case of a check."""

    check: Check
    case: Case
    program: Program


class Run(msgspec.Struct, frozen=True, dict=True):
    """What came of asking a file its checks.

    Attributes:
        trial: the file, and the seed under which its failure can be repeated.
        load_fault: why it could not be loaded; nothing was asked then.
        checks: what came of each, in their order.
        answered: what it answered, for the explanation.
        cpu_seconds: by the name of the check.
        cost_check: the check of many cases, whose calls are timed beside the reference's.
        output: what was printed in the process that failed first; in the first process where none did.
        absent: packages that the file imports and that are not there; it was judged without these imports.
    """

    trial: Trial
    load_fault: Fault | None
    checks: tuple[CheckRun, ...] = ()
    answered: tuple[Answered | Replayed, ...] = ()
    cpu_seconds: dict[str, float] = {}
    cost_check: ReadyCheck | None = None
    output: str = ""
    absent: tuple[str, ...] = ()

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """What it answered, as the explanation needs it: made when it is asked for."""
        return tuple(evidence for each in self.answered for evidence in evidence_of(each))

    def passed(self) -> Iterator[Evidence]:
        """Further cases that were answered rightly, without the answers."""
        checks = ((each.check, each.failure is None and not each.skipped) for each in self.checks)
        return passed_cases(checks, self.trial.case_set)

    @property
    def ordinary(self) -> Question | None:
        """A case to look at where none fails: ordinary numbers, sizes that differ from each other as far as they can."""
        ready = self.cost_check
        if ready is None:
            return None
        number = max(range(len(ready.cases)), key=lambda place: _telling(ready.cases[place]))
        return Question(ready.check, ready.cases[number], ready.programs[number])


def run_checks(trial: Trial, manner: Manner, progress: Progress) -> Run:
    """Load a file and ask it every check in order. A gate that fails, or a run that ended, skips the rest.

    Raises:
        SandboxRefused: the system refuses the sandbox.
        SandboxUnavailable: it failed on the way.
        ProblemError: a check itself failed.
    """
    return _Running(trial, manner, progress).run()


class _Running:
    """One run, while it goes on."""

    def __init__(self, trial: Trial, manner: Manner, progress: Progress) -> None:
        self._trial = trial
        self._manner = manner
        self._one_process = manner.one_process or manner.first_failure_only
        self._progress = progress
        self._second: Door | None = None  # loads the file beside the first one
        self._answered: list[Answered | Replayed] = []
        self._cpu_seconds: dict[str, float] = {}
        self._cost_check: ReadyCheck | None = None
        self._cost_check_name = next((check.name for check in trial.case_set.facts if is_cost_check(check)), "")

    def run(self) -> Run:
        trial, checks = self._trial, self._trial.case_set.facts
        self._progress("loading the file")
        door = trial.begin()
        try:
            if not self._one_process and len(shared_out(checks, one_process=False)) > 1:
                self._second = trial.begin()
            absent: list[str] = []
            fault = trial.loaded(door, absent)
            if fault is not None:
                door.close()  # so that all that was printed is there
                return Run(trial, fault, output=door.output())
            replayed, output = self._replayed(door), door.output
            if replayed and replayed[-1].ended:  # it hangs or crashes: nobody shall wait for that twice
                found = [_ended_at_once(check, replayed) for check in checks]
            else:
                found, output = self._checks(door, replayed)
        finally:
            for each in filter(None, (door, self._second)):
                each.close()
        return Run(
            trial,
            None,
            checks=tuple(found),
            answered=tuple(self._answered),
            cpu_seconds=self._cpu_seconds,
            cost_check=self._cost_check,
            output=output(),  # complete once the run has ended
            absent=tuple(absent),
        )

    def _replayed(self, door: Door) -> tuple[Replayed, ...]:
        """The recorded cases that fail: of each check the first. Who fails there is rejected under every seed."""
        if not self._manner.recorded or not self._trial.case_set.corpus.parts:
            return ()
        found = replay(self._trial.case_set.corpus, door, self._trial.examiner)
        if found and self._manner.on_first_failure is not None:
            first = found[0]
            self._manner.on_first_failure(first.check, first.fault.kind.value, first.fault.sentence)
        return found

    def _checks(self, door: Door, replayed: Sequence[Replayed]) -> tuple[list[CheckRun], Callable[[], str]]:
        """What came of every check; and what was printed where the first one failed.

        A check that fails on a recorded case fails on that, under every seed. It is asked all the same where its answers are wanted.
        """
        recorded = {each.check.name: each for each in replayed}
        found: list[CheckRun] = []
        first: Failure | None = None
        checks = self._trial.case_set.facts
        output = door.output
        skipping = False
        parallel = ParallelRun(
            checks, one_process=self._one_process, prepare=self._prepare, start=self._another, door=door
        )
        with contextlib.closing(parallel):
            for number, check in enumerate(checks):
                if skipping:
                    found.append(CheckRun(check, skipped=AFTER_FAILURE))
                    continue
                known = recorded.get(check.name)
                if known is not None and self._manner.first_failure_only:
                    found.append(CheckRun(check, failure=_recorded_failure(known)))
                    skipping = True
                    continue
                self._progress(f"check {number + 1} of {len(checks)}: {check.sentence}")
                begun = time.perf_counter()
                replies = parallel.collect(check)
                failure = self._trial.examine(replies)
                if failure is not None and check.timed and failure.fault.kind is Kind.TIME_LIMIT and not replies.ended:
                    failure = self._measured_again(replies, failure)
                self._keep(replies, failure, known)
                if known is not None:
                    failure = _recorded_failure(known)
                found.append(CheckRun(check, time.perf_counter() - begun, failure))
                if failure is None:
                    continue
                if first is None:
                    first = failure
                    output = door.output if known is not None else partial(replies.output, failure.number)
                    if self._manner.on_first_failure is not None:
                        self._manner.on_first_failure(failure.check, failure.fault.kind.value, failure.fault.sentence)
                skipping = check.gate or replies.ended or self._manner.first_failure_only
        return found, output

    def _measured_again(self, replies: CheckReplies, failure: Failure) -> Failure | None:
        """What is wrong where two fresh processes find it as well, and all three together do: cost is measured, and varies."""
        check, every, ready = failure.check, [replies], self._shorter(replies)
        known = self._trial.known_cost(check)
        if known is not None:
            return failure if known else None
        for _ in range(2):
            with self._trial.open_loaded() as door:
                every.append(carry_out(ready, door))
            found = self._trial.examine(every[-1])
            if found is None or found.fault.kind is not Kind.TIME_LIMIT or every[-1].ended:
                return found
        if not isinstance(check.requires, GrowsLinearly):
            return failure
        found = self._together(check, every, ready)
        if found is not None and found.fault.kind is not Kind.TIME_LIMIT:
            return found
        if not self._trial.settled_cost(check, rejected=found is not None):
            return None
        measured = (found or failure).fault.measured
        return msgspec.structs.replace(failure, fault=msgspec.structs.replace(failure.fault, measured=measured))

    def _together(self, check: Check, every: list[CheckReplies], ready: ReadyCheck) -> Failure | None:
        """What three processes, or more where the cost is near the line, find together."""
        assert isinstance(check.requires, GrowsLinearly)
        rounds = [_rounds(check.requires, each) for each in every]
        while check.requires.is_near([one for each in rounds for one in each]) and len(every) < MOST_PROCESSES:
            with self._trial.open_loaded() as door:
                every.append(carry_out(ready, door))
            if every[-1].ended:
                return self._trial.examine(every[-1])
            rounds.append(_rounds(check.requires, every[-1]))
        earlier = tuple(one for each in rounds[:-1] for one in each)
        together = check.but(requires=msgspec.structs.replace(check.requires, earlier=earlier))
        asked = every[-1].ready
        assert isinstance(asked, PreparedCheck)  # it was drawn anew for the processes that measure again
        ready = msgspec.structs.replace(asked, check=together)
        found = self._trial.examine(msgspec.structs.replace(every[-1], ready=ready))
        return None if found is None else msgspec.structs.replace(found, check=check)

    def _shorter(self, replies: CheckReplies) -> ReadyCheck:
        """What was asked; of calls that take long, only up to where each size has been measured once."""
        ready = replies.ready
        if not isinstance(ready.check.requires, GrowsLinearly):
            return ready
        programs = [
            program[: ready.check.requires.measured_once(program)] if _longest(each) > LONG_SECONDS else program
            for program, each in zip(ready.programs, replies.replies, strict=True)
        ]
        asked = iter(programs)
        return self._trial.case_set.ready(ready.check.but(ask=lambda case: next(asked)), list(ready.cases))

    def _another(self) -> tuple[Door, Fault | None]:
        """One more process that has loaded the file, which can go wrong where the first time went well."""
        door, self._second = self._second or self._trial.begin(), None
        with closed_on_failure(door):
            fault = self._trial.loaded(door)
        if fault is not None:
            fault = msgspec.structs.replace(fault, sentence=f"loaded a second time, your file fails: {fault.sentence}")
        return door, fault

    def _prepare(self, check: CheckFacts) -> ReadyCheck:
        ready = self._trial.case_set.prepare(check)
        if check.name == self._cost_check_name:
            self._cost_check = ready
        return ready

    def _keep(self, came: CheckReplies, failure: Failure | None, known: Replayed | None) -> None:
        """Keep what was answered, and the time that it took; `known`: the recorded case on which the check fails."""
        if came.fault is not None:
            return
        name = came.ready.facts.name
        self._cpu_seconds[name] = sum(reply.cpu_seconds or 0.0 for each in came.replies for reply in each)
        if not self._manner.first_failure_only:
            if known is not None:
                self._answered.append(known)
            self._answered.append(answered(came.ready, came.replies, -1 if failure is None else failure.number))


def _longest(replies: Sequence[Reply]) -> float:
    """The CPU seconds of the longest step."""
    return max((reply.cpu_seconds or 0.0 for reply in replies), default=0.0)


def _rounds(requirement: GrowsLinearly, came: CheckReplies) -> list[tuple[float, ...]]:
    """What one process measured, round by round."""
    found: list[tuple[float, ...]] = []
    for program, replies in zip(came.ready.programs, came.replies, strict=True):
        found += requirement.rounds(program, {reply.step: reply.cpu_seconds for reply in replies})
    return found


def _ended_at_once(check: CheckFacts, replayed: Sequence[Replayed]) -> CheckRun:
    """What came of a check where the run ended in a recorded case."""
    found = next((each for each in replayed if each.check.name == check.name), None)
    return CheckRun(check, skipped=AFTER_END) if found is None else CheckRun(check, failure=_recorded_failure(found))


def _recorded_failure(found: Replayed) -> Failure:
    """How a check fails on a recorded case."""
    return Failure(found.check, found.recorded.number, found.case, found.program, found.fault, seed=found.recorded.seed)


def _telling(case: Case) -> tuple[bool, bool, int, int]:
    """How well a case shows shapes: the greatest is taken."""
    sizes = [size for size in case.sizes.values() if size > 1]
    return case.kind == "ordinary", case.dtype == "float32", len(set(sizes)), -sum(sizes)
