"""One submission on its way: loaded, asked check by check, its failing case shrunk, its cost measured."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import msgspec
import torch

from judge.cases import Deck, Drawing, Noticed, Prepared, load_checks, load_probes
from judge.explain import Evidence, diagnose, evidence_of
from judge.isolation import Sandbox, look_again
from judge.oracle import LazyRight
from judge.program import counterexample, is_small, parameter_names, to_steps
from judge.running import (
    Examiner,
    Fault,
    Foreseen,
    Lanes,
    Probing,
    Told,
    can_probe,
    carry_out,
    foresee,
    is_timed,
    load_fault,
    load_spec,
    reference_seconds,
    shared_out,
)
from judge.settings import Configuration
from judge.source import Submission
from judge.verdict import CheckResult, Cost, Counterexample, Kind, Outcome, SandboxUsed, Verdict, versions
from problems import Problem
from problems.asks import Call, Differentiate, Program
from problems.cases import Case
from problems.checks import Check
from sandbox import Door, Limits, Reply, SandboxRefused, SandboxUnavailable, Watched

Progress = Callable[[str], None]
FATAL = (Kind.TIME_LIMIT, Kind.MEMORY_LIMIT, Kind.FORBIDDEN, Kind.SANDBOX_VIOLATION)
__all__ = ["Trial", "limits_of", "load_checks"]


def limits_of(problem: Problem, configuration: Configuration) -> Limits:
    """The problem's limits, where the configuration sets no others."""
    own, set_ = problem.limits, configuration
    return Limits(
        call_seconds=own.call_seconds if set_.call_seconds is None else set_.call_seconds,
        run_seconds=own.run_seconds if set_.run_seconds is None else set_.run_seconds,
        memory_bytes=(own.memory_mib if set_.memory_mib is None else set_.memory_mib) << 20,
        output_bytes=(own.output_kib if set_.output_kib is None else set_.output_kib) << 10,
    )


@cache
def _keep_what_was_imported() -> None:
    """Once: torch and its like are no garbage to look for again and again."""
    gc.freeze()


class Failed(msgspec.Struct, frozen=True):
    """A check that failed: on which case, and how."""

    number: int
    case: Case
    program: Program
    fault: Fault


class Trial:
    """One submission on its way; `verdict` walks it.

    Attributes:
        failure: once it was walked, the check that decided and the smallest case on which it fails; None where there is none.
    """

    def __init__(
        self,
        submission: Submission,
        seed: int,
        sandbox: Sandbox,
        progress: Progress,
        configuration: Configuration,
        *,
        brief: bool,
        shrink: bool = True,
        cost: bool = True,
        alone: bool = False,
        deck: Deck | None = None,
        noticed: Noticed | None = None,
    ) -> None:
        self._brief = brief
        self._noticed = noticed
        self._has_noticed = False
        self._shrinks = shrink
        self._costs = cost and not brief
        self._alone = alone or brief
        torch.set_num_threads(1)
        _keep_what_was_imported()
        self._submission = submission
        self._problem = submission.problem
        self._seed = seed
        self._sandbox = sandbox
        self._progress = progress
        self._limits = limits_of(self._problem, configuration)
        self._deck = deck or Deck(self._problem, submission.framework, seed)
        self._arrays = self._deck.arrays
        self._started = time.perf_counter()
        self._output = ""
        self._cpu: dict[str, float] = {}
        self._failing: Failed | None = None
        self._second: Door | None = None  # loads the file beside the first one
        self._examiner = Examiner(submission.source, self._arrays)
        self._timed = next((check.name for check in self._deck.checks if is_timed(check)), "")
        self._compared: Prepared | None = None
        self._evidence: list[Evidence] = []
        self.failure: tuple[Check, Failed] | None = None

    def verdict(self) -> Verdict:
        """Judge it. Where the sandbox fails on the way, as where a process is killed from outside, once more from the beginning.

        Raises:
            SandboxRefused: the system refuses the sandbox.
            SandboxUnavailable: it failed again.
        """
        look_again(self._sandbox)
        noticed, seed, deck = self._noticed, self._seed, self._deck
        try:
            return self._judged()
        except SandboxRefused:
            raise
        except SandboxUnavailable:
            self._noticed = noticed
            self._begin_anew(seed, deck)
            return self._judged()

    def _begin_anew(self, seed: int, deck: Deck) -> None:
        """Forget what was answered."""
        self._seed, self._deck = seed, deck
        self._evidence, self._cpu, self._compared, self._second = [], {}, None, None

    def _judged(self) -> Verdict:
        self._progress("loading the file")
        door = self._begin()
        try:
            if not self._alone and len(shared_out(self._deck.checks, alone=False)) > 1:
                self._second = self._begin()
            fault = self._loaded(door)
            if fault is not None:
                door.close()  # so that all that was printed is there
                return self._build(fault.kind, fault, (), door.output())
            foreseen, output = self._foreseen(door), door.output
            if foreseen is not None and foreseen.ended:  # it hangs or crashes: nobody shall wait for that twice
                results, failed = self._ended_at_once(foreseen)
            else:
                results, failed, output = self._checks(door)
        finally:
            for each in filter(None, (door, self._second)):
                each.close()
        self._output = output()  # complete once the run has ended
        if failed is None and foreseen is not None:
            return self._under(foreseen.recorded.seed)
        if failed is None:
            return self._accepted(results)
        check, failure = failed
        diagnosis = None
        if self._shrinks:
            self._progress("looking for the smallest failing input")
            failure = self._shrunk(check, failure)
            if not self._brief:
                failure = self._probed(check, failure)
        self.failure = (check, failure)
        if not self._brief:
            self._progress("comparing with known mistakes")
            diagnosis = diagnose(self._problem, self._evidence, self._arrays)
        self._failing = failure
        results = [self._with_counterexample(result, check, failure) for result in results]
        verdict = self._build(failure.fault.kind, failure.fault, tuple(results), self._output)
        return msgspec.structs.replace(verdict, diagnosis=diagnosis, seconds=time.perf_counter() - self._started)

    @property
    def failing_case(self) -> Case | None:
        """The case that the verdict's counterexample shows; None where there is none, or it can't be tried by itself."""
        failing = self._failing
        if failing is None or not failing.program or failing.fault.kind is Kind.TIME_LIMIT:
            return None  # what takes ten seconds is not asked twice
        return failing.case

    def retry(self, check: Check, case: Case) -> Fault | None:
        """What is wrong on one case alone, or None."""
        with self._begin() as door:
            if (fault := self._loaded(door)) is not None:
                return fault
            failed = self._asked(check, case, door)
        return failed.fault if failed is not None else None

    def ordinary(self) -> tuple[Check, Case, Program] | None:
        """A case to look at where none fails: ordinary numbers, sizes that differ from each other as far as they can."""
        ready = self._compared
        if ready is None:
            return None
        number = max(range(len(ready.cases)), key=lambda place: _telling(ready.cases[place]))
        return ready.check, ready.cases[number], ready.programs[number]

    def watch(self, program: Program, places: list[dict[str, Any]], steps: Sequence[int]) -> tuple[Watched, str]:
        """Ask one program in a run of its own, with the file's lines followed (`Door.watch`); and what was printed in it."""
        with self._open() as door:
            door.load(self._spec(self._submission.source, self._submission.filename))
            watched = door.watch(to_steps(program, arrays=self._arrays), places, steps)
            watched.end = door.end
            door.close()  # so that all that was printed is there
            return watched, door.output()

    def fault(self, check: Check, case: Case, program: Program, watched: Watched) -> Fault | None:
        """What is wrong with the answers of such a run."""
        right = LazyRight(self._deck.reference, program, case.seed)
        return self._examiner.examine(check, case, program, watched.replies, watched.end, right)

    def _open(self) -> Door:
        return self._sandbox.open(self._submission.framework, self._limits, self._deck.exchanged)

    def _spec(self, source: str, filename: str) -> dict[str, Any]:
        own = load_spec(self._problem, self._submission.framework, source=source, filename=filename, seed=self._seed)
        return own | self._sandbox.spec(self._submission.framework)

    def _begin(self) -> Door:
        """A process that is to load the file."""
        door = self._open()
        door.post_load(self._spec(self._submission.source, self._submission.filename))
        return door

    def _loaded(self, door: Door) -> Fault | None:
        """What was wrong with loading it, or None."""
        return load_fault(door.loaded(), self._submission, self._examiner)

    def _foreseen(self, door: Door) -> Foreseen | None:
        """The recorded case that fails, where somebody waits to be told of it at once."""
        if self._noticed is None:
            return None
        found = foresee(self._deck.opening, door, self._examiner)
        if found is not None:
            self._notice(found.check, found.fault)
        return found

    def _ended_at_once(self, found: Foreseen) -> tuple[list[CheckResult], tuple[Check, Failed] | None]:
        """The results where the run ended in a recorded case; with its seed the run can be repeated."""
        self._seed = found.recorded.seed
        skipped = "Not tried, since a recorded case ended the run."
        failed = _result(found.check, Outcome.FAILED, _message(found.check, found.fault), 0.0)
        results = [
            failed if check.name == found.check.name else _result(check, Outcome.SKIPPED, skipped, 0.0)
            for check in self._deck.checks
        ]
        return results, (found.check, Failed(found.recorded.number, found.case, found.program, found.fault))

    def _under(self, seed: int) -> Verdict:
        """The verdict under the seed of a recorded case that failed, where under its own none did: it fails there, and can be repeated."""
        self._noticed = None
        self._begin_anew(seed, Deck(self._problem, self._submission.framework, seed))
        return self._judged()

    def _notice(self, check: Check, fault: Fault) -> None:
        if self._noticed is not None and not self._has_noticed:
            self._has_noticed = True
            self._noticed(check, fault.kind.value, fault.sentence)

    def _another(self) -> tuple[Door, Fault | None]:
        """One more process that has loaded the file, which can go wrong where the first time went well."""
        door, self._second = self._second or self._begin(), None
        fault = self._loaded(door)
        if fault is not None:
            fault = msgspec.structs.replace(fault, sentence=f"loaded a second time, your file fails: {fault.sentence}")
        return door, fault

    def _checks(self, door: Door) -> tuple[list[CheckResult], tuple[Check, Failed] | None, Callable[[], str]]:
        """Every check in order; a broken gate, or a run that ended, skips the rest. And what was printed where the first one failed."""
        results: list[CheckResult] = []
        first: tuple[Check, Failed] | None = None
        checks = self._deck.checks
        output = door.output
        skipping = False
        lanes = Lanes(checks, alone=self._alone, prepare=self._prepare, start=self._another, door=door)
        with contextlib.closing(lanes):
            for number, check in enumerate(checks):
                if skipping:
                    results.append(_result(check, Outcome.SKIPPED, "Not tried, since an earlier check failed.", 0.0))
                    continue
                self._progress(f"check {number + 1} of {len(checks)}: {check.sentence}")
                begun = time.perf_counter()
                told = lanes.tell(check)
                failure = self._examined(told)
                seconds = time.perf_counter() - begun
                if failure is None:
                    results.append(_result(check, Outcome.PASSED, check.sentence, seconds))
                    continue
                if first is None:
                    first, output = (check, failure), partial(told.output, failure.number)
                    self._notice(check, failure.fault)
                results.append(_result(check, Outcome.FAILED, _message(check, failure.fault), seconds))
                skipping = check.gate or told.ended or self._brief
        return results, first, output

    def _prepare(self, check: Check) -> Prepared:
        ready = self._deck.prepare(check)
        if check.name == self._timed:
            self._compared = ready
        return ready

    def _examined(self, told: Told) -> Failed | None:
        """The first case that fails."""
        ready, replies = told.ready, told.replies
        check, programs = ready.check, ready.programs
        if told.fault is not None:
            return Failed(0, ready.cases[0], [], told.fault)
        spent = sum(reply.cpu_seconds or 0.0 for each in replies for reply in each)
        self._cpu[check.name] = self._cpu.get(check.name, 0.0) + spent
        last = next((n for n, each in enumerate(replies) if not _complete(programs[n], each)), len(replies) - 1)
        where = told.end.program if told.end is not None and not check.measured else last
        for number, right in enumerate(ready.rights):
            end = told.end if number == where else None
            fault = self._examiner.examine(check, ready.cases[number], programs[number], replies[number], end, right)
            if fault is not None:
                self._keep(ready, replies, number)
                return Failed(number, ready.cases[number], programs[number], fault)
        self._keep(ready, replies, -1)
        return None

    def _asked(self, check: Check, case: Case, door: Door) -> Failed | None:
        """What is wrong on one case more, which is no evidence."""
        ready = self._deck.ready(check, [case])
        evidence, spent = self._evidence, dict(self._cpu)
        self._evidence = []
        found = self._examined(carry_out(ready, door))
        self._evidence, self._cpu = evidence, spent
        return found

    def _keep(self, ready: Prepared, replies: Sequence[Sequence[Reply]], failed: int) -> None:
        """Keep what was answered, for the diagnosis."""
        if not self._brief:
            self._evidence += evidence_of(ready, replies, failed)

    def _shrunk(self, check: Check, failure: Failed) -> Failed:
        """The smallest case that fails the same check with the same verdict; the one at hand where there is none smaller."""
        if failure.fault.kind in FATAL or check.measured or check.fresh or not failure.program:
            return failure
        smallest = failure
        door: Door | None = None

        def fails(case: Case) -> bool:
            nonlocal smallest, door
            if door is None or door.end is not None:
                if door is not None:
                    door.close()
                door = self._open()
                door.load(self._spec(self._submission.source, self._submission.filename))
            found = self._asked(check, case, door)
            if found is None or found.fault.kind != failure.fault.kind:
                return False
            faults[msgspec.json.encode(case)] = found
            return True

        faults: dict[bytes, Failed] = {}
        try:
            case = Drawing(check, self._seed).shrink(failure.number, fails, lambda case: is_small(check.ask(case)))
        finally:
            if door is not None:
                door.close()
        return faults.get(msgspec.json.encode(case), smallest)

    def _probed(self, check: Check, failure: Failed) -> Failed:
        """The same failure with what more is found out about it, in a process of its own."""
        step = failure.program[failure.fault.step] if can_probe(check, failure.program, failure.fault) else None
        if not isinstance(step, (Call, Differentiate)):
            return failure
        names = parameter_names(self._problem, step.target)
        probing = Probing(
            load_probes(self._problem), failure.program[: failure.fault.step + 1], names, self._deck.reference
        )
        with self._open() as door:
            door.load(self._spec(self._submission.source, self._submission.filename))
            replies = door.ask([to_steps(program, arrays=self._arrays) for program in probing.programs])
        facts = probing.facts(failure.fault, replies)
        fault = msgspec.structs.replace(failure.fault, facts=(*failure.fault.facts, *facts))
        return msgspec.structs.replace(failure, fault=fault)

    def _with_counterexample(self, result: CheckResult, check: Check, failure: Failed) -> CheckResult:
        if result.name != check.name:
            return result
        fault = failure.fault
        example: Counterexample | None = None
        if failure.program:
            example = counterexample(
                self._problem,
                failure.case,
                failure.program,
                fault.step,
                expected=fault.expected,
                actual=fault.actual,
                worst_index=fault.worst_index,
            )
        return msgspec.structs.replace(result, message=_message(check, fault), counterexample=example)

    def _accepted(self, results: Sequence[CheckResult]) -> Verdict:
        sentence = f"{sum(result.outcome is Outcome.PASSED for result in results)} checks passed"
        fault = Fault(kind=Kind.ACCEPTED, sentence=sentence)
        verdict = self._build(Kind.ACCEPTED, fault, tuple(results), self._output)
        if not self._costs:
            return verdict
        self._progress("measuring the reference")
        return msgspec.structs.replace(verdict, cost=self._cost(), seconds=time.perf_counter() - self._started)

    def _cost(self) -> Cost | None:
        """CPU time on one check's calls beside the reference's, which goes through the door like a solution."""
        if self._submission.framework != self._problem.model:
            return None
        ready = self._compared
        if ready is None or not self._cpu.get(ready.check.name):
            return None
        reference = reference_seconds(self._deck, ready, self._sandbox, self._limits)
        return Cost(solution_seconds=self._cpu[ready.check.name], reference_seconds=reference)

    def _build(self, kind: Kind, fault: Fault, checks: tuple[CheckResult, ...], output: str) -> Verdict:
        return Verdict(
            problem=self._problem.name,
            framework=self._submission.framework.name,
            verdict=kind,
            seed=self._seed,
            seconds=time.perf_counter() - self._started,
            sandbox=SandboxUsed(kind=self._sandbox.kind, level=self._sandbox.level),
            headline=fault.sentence,
            details=fault.facts if not checks else (),
            locations=fault.locations,
            checks=checks,
            output=output,
            effort="verdict" if self._brief else "full",
            versions={**versions(), "problem": self._problem.digest},
        )


def _telling(case: Case) -> tuple[bool, bool, int, int]:
    """How well a case shows shapes: the greatest is taken."""
    sizes = [size for size in case.sizes.values() if size > 1]
    return case.kind == "ordinary", case.dtype == "float32", len(set(sizes)), -sum(sizes)


def _complete(program: Program, replies: Sequence[Any]) -> bool:
    """Whether the last reply is that of the last step, or one that ends a program early."""
    if not replies:
        return False
    last = replies[-1]
    return last.step == len(program) - 1 or last.raised is not None or last.part is not None


def _result(check: Check, outcome: Outcome, message: str, seconds: float) -> CheckResult:
    return CheckResult(name=check.name, outcome=outcome, message=message, seconds=seconds)


def _message(check: Check, fault: Fault) -> str:
    """What was found, the facts, and the property that it breaks."""
    return "\n".join([fault.sentence, *fault.facts, f"Asked for: {check.sentence}"])
