"""What every stage of judging works with: a file, the cases that it is asked, and the sandbox that it runs in."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

import msgspec

from judge.cases import CaseSet, surely_right
from judge.isolation import Sandbox
from judge.judging.cost_decisions import CostDecisions, key_of
from judge.oracle import Expected
from judge.program import to_steps
from judge.running import CheckReplies, Examiner, Fault, carry_out, load_fault, load_spec
from judge.settings import Configuration
from judge.source import Submission, imported_at_top
from judge.verdict import versions
from problems import Problem
from problems.asks import Program
from problems.cases import Case
from problems.checks import Check
from sandbox import Door, Limits, TraceLog


def limits_of(problem: Problem, configuration: Configuration) -> Limits:
    """The problem's limits, where the configuration sets no others."""
    own, set_ = problem.limits, configuration
    return Limits(
        call_seconds=own.call_seconds if set_.call_seconds is None else set_.call_seconds,
        run_seconds=own.run_seconds if set_.run_seconds is None else set_.run_seconds,
        memory_bytes=(own.memory_mib if set_.memory_mib is None else set_.memory_mib) << 20,
        output_bytes=(own.output_kib if set_.output_kib is None else set_.output_kib) << 10,
    )


class Failure(msgspec.Struct, frozen=True):
    """A check that failed: on which of its cases, and how.

    Attributes:
        check: it.
        number: of the case, as it was drawn.
        case: on which it failed; a smaller one once it was minimised.
        program: what was asked; empty where the file did not load in the process that was to be asked.
        fault: what is wrong.
        alone: whether it fails by itself, as it is then recorded, too; not where it hangs on earlier calls or on chance.
        seed: of a recorded case, that which it was drawn from; None: that of the run.
    """

    check: Check
    number: int
    case: Case
    program: Program
    fault: Fault
    alone: bool = True
    seed: int | None = None


class Trial(msgspec.Struct, frozen=True, dict=True):
    """A file, what it is asked, and where it runs. All stages share it; none changes it.

    Attributes:
        submission: the file.
        case_set: the checks of its problem and framework, drawn from one seed.
        sandbox: where it runs.
        limits: of each run.
        costs: what was decided before about costs near the line; None where nothing is kept.
    """

    submission: Submission
    case_set: CaseSet
    sandbox: Sandbox
    limits: Limits
    costs: CostDecisions | None = None

    def __post_init__(self) -> None:
        _keep_what_was_imported()

    @property
    def problem(self) -> Problem:
        """What it is to solve."""
        return self.submission.problem

    @property
    def seed(self) -> int:
        """From which all cases follow."""
        return self.case_set.seed

    @cached_property
    def examiner(self) -> Examiner:
        """Says what is wrong with its answers."""
        return Examiner(self.submission.source, self.case_set.arrays, imported_at_top(self.submission.tree))

    def open(self) -> Door:
        """Start a process for a run."""
        return self.sandbox.open(self.submission.framework, self.limits, self.case_set.exchanged)

    def begin(self) -> Door:
        """Start a process, and have it load the file; what came of that is asked with `loaded`."""
        with closed_on_failure(self.open()) as door:
            door.post_load(self._spec())
            return door

    def loaded(self, door: Door, absent: list[str] | None = None) -> Fault | None:
        """What was wrong with loading the file, or None.

        Args:
            door: of the process.
            absent: gets the packages that the file imports and that are not there.
        """
        found = door.loaded()
        if absent is not None:
            absent += found.absent
        return load_fault(found, self.submission, self.examiner)

    def open_loaded(self) -> Door:
        """Start a process that has loaded the file, which went well before."""
        with closed_on_failure(self.open()) as door:
            door.load(self._spec())
            return door

    def examine(self, came: CheckReplies) -> Failure | None:
        """The first case of a check that fails."""
        return next(self.failures(came), None)

    def failures(self, came: CheckReplies) -> Iterator[Failure]:
        """The cases of a check that fail, each as it is asked for."""
        ready, replies, facts = came.ready, came.replies, came.ready.facts
        if came.fault is not None:
            yield Failure(ready.check, 0, ready.cases[0], [], came.fault)
            return
        where = -1
        if came.end is not None:
            lengths = ready.asking.lengths
            last = next((n for n, each in enumerate(replies) if not _complete(lengths[n], each)), len(replies) - 1)
            where = last if facts.timed else came.end.program
        for number, each in enumerate(replies):
            if number != where and surely_right(ready, number, each):
                continue
            end = came.end if number == where else None
            case, program = ready.cases[number], ready.programs[number]
            fault = self.examiner.examine(ready.check, case, program, each, end, ready.rights[number])
            if fault is not None:
                yield Failure(ready.check, number, case, program, fault)
            if number == where:  # nothing was asked after it
                return

    def ask(self, check: Check, case: Case, door: Door) -> Failure | None:
        """What is wrong on one case, asked of a process that has loaded the file."""
        return self.examine(carry_out(self.case_set.ready(check, [case]), door))

    def ask_each(
        self, check: Check, cases: Sequence[Case], opened: Callable[[], Door]
    ) -> Iterator[tuple[int, Failure]]:
        """The cases that fail, with their places, each as it is asked for.

        Args:
            check: whose cases they are.
            cases: asked in one message; where a process ends in one of them, those after it are asked of another.
            opened: a process that has loaded the file.
        """
        first = 0
        while first < len(cases):
            door = opened()
            came = carry_out(self.case_set.ready(check, list(cases[first:])), door)
            for failure in self.failures(came):
                yield first + failure.number, failure
            if door.end is None:
                return
            first += max(door.end.program, 0) + 1

    def known_cost(self, check: Check) -> bool | None:
        """Whether the cost that a check measures was rejected before; None where that is not known."""
        return None if self.costs is None else self.costs.known(self._cost_key(check))

    def settled_cost(self, check: Check, *, rejected: bool) -> bool:
        """Whether this cost counts as rejected, now that it was measured: the first decision stands."""
        return rejected if self.costs is None else self.costs.settle(self._cost_key(check), rejected=rejected)

    def retry(self, check: Check, case: Case) -> Fault | None:
        """What is wrong on one case alone, in a process of its own; or None."""
        with self.begin() as door:
            if (fault := self.loaded(door)) is not None:
                return fault
            failure = self.ask(check, case, door)
        return failure.fault if failure is not None else None

    def watch(self, program: Program, places: list[dict[str, Any]], steps: Sequence[int]) -> tuple[TraceLog, str]:
        """Ask one program in a run of its own, with the file's lines followed (`Door.watch`); and what was printed in it."""
        with self.open_loaded() as door:
            watched = door.watch(to_steps(program, arrays=self.case_set.arrays), places, steps)
            watched.end = door.end
            door.close()  # so that all that was printed is there
            return watched, door.output()

    def watched_fault(self, check: Check, case: Case, program: Program, watched: TraceLog) -> Fault | None:
        """What is wrong with the answers of such a run."""
        right = Expected(self.case_set.reference, program, case.seed)
        return self.examiner.examine(check, case, program, watched.replies, watched.end, right)

    def _cost_key(self, check: Check) -> str:
        framework = self.submission.framework.name
        depends_on = {**versions(), "problem": self.problem.digest, "framework": framework}
        return key_of(self.submission.data, check.name, self.seed, depends_on)

    def _spec(self) -> dict[str, Any]:
        submission = self.submission
        own = load_spec(
            self.problem,
            submission.framework,
            source=submission.source,
            filename=submission.filename,
            seed=self.seed,
            siblings=submission.siblings,
        )
        return own | self.sandbox.spec(submission.framework)


@cache
def _keep_what_was_imported() -> None:
    """Once: torch and its like are no garbage to look for again and again."""
    gc.freeze()


@contextlib.contextmanager
def closed_on_failure(door: Door) -> Iterator[Door]:
    """Close it where what follows fails or is interrupted: nobody else has it by then."""
    try:
        yield door
    except BaseException:
        door.close()
        raise


def _complete(length: int, replies: Sequence[Any]) -> bool:
    """Whether the last reply is that of the last step, or one that ends a program early."""
    if not replies:
        return False
    last = replies[-1]
    return last.step == length - 1 or last.raised is not None or last.part is not None
