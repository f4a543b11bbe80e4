"""The third stage: the smallest case that fails in the same way by itself, and what probes tell of it.

What is shown fails in a fresh process. A failure that does not is looked for with the calls that went before it; where these make it come
again, it depends on them, and where they do not, the same calls give different results.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from judge.cases import Drawing, load_probes
from judge.judging.decision import Decision
from judge.judging.trial import Failure, Trial
from judge.program import most_numbers, parameter_names, to_steps
from judge.running import Fault, Probing, can_probe, shared_out
from judge.verdict import Kind
from problems.asks import Call, Differentiate, Handle, Look, Program, Read
from problems.cases import Case
from problems.checks import Check
from problems.kinds import Breach
from problems.late import torch
from problems.requirements import Agrees, Raises, RightTypes, SameWhenAskedAgain, Unchanged
from sandbox import Door

SHARED_MEMORY = re.compile(r"more than one element of the written-to tensor|destination is read-only")
FATAL = (Kind.TIME_LIMIT, Kind.MEMORY_LIMIT, Kind.FORBIDDEN, Kind.SANDBOX_VIOLATION)
"""What is not asked again: it takes long, or ends the run."""
STEP_BY_STEP = (Agrees, Raises, RightTypes, SameWhenAskedAgain, Unchanged)
"""Requirements that look at each step, whatever else is asked beside it."""
MOST_LEFT_OUT = 16  # calls that are tried to be left out one by one
MOST_TRIES = 40  # of shorter sequences of cases


def minimise(trial: Trial, decision: Decision) -> Decision:
    """The same decision on the smallest case found that fails the same check in the same way, by itself."""
    failure = decision.failure
    if failure is None or not _can_ask_again(failure):
        return decision
    return decision.on(_written(trial, _Minimising(trial, failure).smallest()))


def probe(trial: Trial, decision: Decision) -> Decision:
    """The same decision with what more is found out about its case, in a process of its own."""
    failure = decision.failure
    if failure is None or failure.fault.breach in (Breach.STATE_KEPT, Breach.RANDOM):
        return decision  # it follows from more than the inputs, which are what probes change
    return decision.on(_probed(trial, failure))


def _can_ask_again(failure: Failure) -> bool:
    return failure.fault.kind not in FATAL and not failure.check.timed and bool(failure.program)


class _Minimising:
    """A failure that is made smaller."""

    def __init__(self, trial: Trial, failure: Failure) -> None:
        self._trial = trial
        self._failure = failure
        self._check = failure.check

    def smallest(self) -> Failure:
        """The smallest that fails by itself; or the shortest sequence of calls that does; or what was found, where none does."""
        if (smaller := self._alone(self._shrunk(fresh=False))) is not None:
            return smaller
        found = self._alone(self._failure, in_any_way=True)
        if found is not None:
            return (self._alone(self._shrunk(fresh=True)) if self._same(found) else None) or found
        if self._check.stochastic:
            return self._failure
        return self._after_others() or self._by_chance()

    def _same(self, found: Failure | None) -> bool:
        """Whether this is the failure that is looked for."""
        fault = self._failure.fault
        return found is not None and found.fault.kind == fault.kind and found.fault.breach == fault.breach

    def _shrunk(self, *, fresh: bool) -> Failure:
        """The smallest case on which the check fails in the same way; with `fresh` each is asked of a process of its own."""
        failure, doors = self._failure, _Doors(self._trial)
        found: dict[bytes, Failure] = {}

        def first_failing(cases: Sequence[Case]) -> int | None:
            together = 1 if fresh else len(cases)
            for start in range(0, len(cases), together):
                some = cases[start : start + together]
                for place, smaller in self._trial.ask_each(self._check, some, lambda: doors.open(fresh=fresh)):
                    if self._same(smaller):
                        found[msgspec.json.encode(some[place])] = smaller
                        return start + place
            return None

        with doors:
            seed = self._trial.seed if failure.seed is None else failure.seed
            case = Drawing(self._check, seed).shrink(
                failure.number, first_failing, lambda case: most_numbers(self._check.ask(case))
            )
        return found.get(msgspec.json.encode(case), failure)

    def _alone(self, failure: Failure, *, in_any_way: bool = False) -> Failure | None:
        """The failure as a fresh process shows it, with as few calls as show it; None where it is not there.

        Of a program with several calls the one that failed is tried alone first: where it fails, nothing else needs to be asked.

        Args:
            failure: to be shown.
            in_any_way: another failure on the same case is one as well.
        """
        is_right = False  # the last call, by itself
        with _Doors(self._trial) as doors:
            extra = _extra_calls(self._check, failure)
            if extra:
                short = self._asked_without(failure, extra, doors.open(fresh=True))
                if self._same_but(short, failure, extra):
                    return short
                is_right = short is None
            found = self._trial.ask(self._check, failure.case, doors.open(fresh=True))
            if found is None or not self._same(found):
                return found if in_any_way else None
            shorter = found
            for place in reversed(_extra_calls(self._check, found)[-MOST_LEFT_OUT:]):
                shorter = self._without(shorter, [place], doors.open(fresh=False)) or shorter
            if shorter is not found:  # what was asked before may have changed what came back
                found = self._without(shorter, [], doors.open(fresh=True)) or found
            return self._of_state(found) if is_right else found

    def _of_state(self, failure: Failure) -> Failure:
        """The failure; where its last call is right by itself, that it hangs on the calls before it, which ask the same of others."""
        places = _extra_calls(self._check, failure)
        last = failure.program[failure.fault.step] if failure.fault.step >= 0 else None
        pure = {entry.name for entry in self._trial.problem.entry if entry.kind == "function"} | {"m"}
        calls = [last, *(failure.program[place] for place in places)]
        is_pure = all(isinstance(each, Call) and each.target in pure and not _handles(each) for each in calls)
        fault = failure.fault
        if not places or not is_pure or fault.breach not in (Breach.VALUES, Breach.SHAPE, Breach.EXCEPTION):
            return failure
        fact = "By itself, in a fresh process, your code gets this call right."
        sentence = f"the result depends on earlier calls: after others, {fault.sentence}"
        return msgspec.structs.replace(failure, fault=_changed(fault, Breach.STATE_KEPT, sentence, fact))

    def _without(self, failure: Failure, places: Sequence[int], door: Door) -> Failure | None:
        """The same failure where these steps are left out; None where it is not there."""
        found = self._asked_without(failure, places, door)
        return found if self._same_but(found, failure, places) else None

    def _asked_without(self, failure: Failure, places: Sequence[int], door: Door) -> Failure | None:
        """What is wrong where these steps are left out."""
        program = [step for place, step in enumerate(failure.program) if place not in places]
        found = self._trial.ask(self._check.but(ask=lambda case: program), failure.case, door)
        return None if found is None else msgspec.structs.replace(found, check=self._check, number=failure.number)

    def _same_but(self, found: Failure | None, failure: Failure, places: Sequence[int]) -> bool:
        """Whether this is the failure, at the same step, where these are left out."""
        same_place = failure.fault.step - sum(place < failure.fault.step for place in places)
        return found is not None and self._same(found) and found.fault.step == same_place

    def _after_others(self) -> Failure | None:
        """The shortest sequence found of the run's cases, with this one as the last, on which it fails each time."""
        histories = (list(self._earlier(one_process=each)) for each in (False, True))
        earlier = next((each for each in histories if each and self._fails_after(each)), None)
        if earlier is None:
            return None
        for each in reversed(earlier[-MOST_TRIES:]):
            if self._fails_after([each]):
                return self._told_after([each])
        tries = MOST_TRIES
        alike = [program for program in earlier if _targets(program) == _targets(self._failure.program)]
        if 0 < len(alike) < len(earlier) and self._fails_after(alike):
            earlier = alike
        part = (len(earlier) + 1) // 2
        while part and tries > 0:
            for start in range(0, len(earlier), part):
                left = earlier[:start] + earlier[start + part :]
                tries -= 1
                if left and self._fails_after(left):
                    earlier = left
                    break
            else:
                part //= 2
        return self._told_after(earlier)

    def _earlier(self, *, one_process: bool) -> Iterator[Program]:
        """What the process that failed had been asked before: of the checks before and of this one, all cases or its share of them.

        Calls of functions are apart: each may be left out without the others.
        """
        lists = shared_out(self._trial.case_set.checks, one_process=one_process)
        mine = [each for each in lists if any(check.name == self._check.name for check in each)]
        part = 0 if self._failure.seed is not None else self._failure.number % len(mine)
        if mine[part] is lists[0]:
            for program in self._trial.case_set.recorded_programs:
                if self._failure.seed is not None and program is self._failure.program:
                    return
                yield program
        for check in mine[part]:
            if check.timed:
                continue
            is_shared = sum(any(other.name == check.name for other in each) for each in lists) > 1
            cases = Drawing(check, self._trial.seed).cases()
            numbers = range(part if is_shared else 0, len(cases), 2 if is_shared else 1)
            for number in numbers:
                if check.name == self._check.name and number >= self._failure.number:
                    return
                program = check.ask(cases[number])
                calls = all(isinstance(step, Call) and not step.into and not _handles(step) for step in program)
                yield from ([step] for step in program) if calls else [program]

    def _fails_after(self, earlier: Sequence[Program]) -> Failure | None:
        """The failure in a fresh process that is asked these first."""
        with self._trial.open_loaded() as door:
            door.ask([to_steps(program, arrays=self._trial.case_set.arrays) for program in earlier])
            if door.end is not None:
                return None
            found = self._trial.ask(self._check, self._failure.case, door)
        return found if self._same(found) else None

    def _told_after(self, earlier: Sequence[Program]) -> Failure | None:
        """The failure, with the calls that it hangs on before it; None where it does not come again."""
        found = self._fails_after(earlier)
        if found is None:
            return None
        before: Program = [step for program in earlier for step in program]
        calls = sum(isinstance(step, (Call, Differentiate)) for step in before)
        what = "after another call" if calls == 1 else f"after {calls} others"
        fault = _changed(
            found.fault,
            Breach.STATE_KEPT,
            f"the result depends on earlier calls: {what}, {found.fault.sentence}",
            "By itself, in a fresh process, your code gets this call right.",
        )
        fault = msgspec.structs.replace(fault, step=len(before) + fault.step if fault.step >= 0 else -1)
        return msgspec.structs.replace(
            found, number=self._failure.number, program=[*before, *found.program], fault=fault, alone=False
        )

    def _by_chance(self) -> Failure:
        """The failure as it was seen; the same calls are right when they are asked again."""
        fault = _changed(
            self._failure.fault,
            Breach.RANDOM,
            f"your code gives different results for the same calls: one time, {self._failure.fault.sentence}",
            "Asked again in fresh processes, alone and after the calls that came before, it was right. "
            "Random numbers that no seed controls, memory that was never set, threads and clocks do that.",
        )
        return msgspec.structs.replace(self._failure, fault=fault, alone=False)


class _Doors(contextlib.AbstractContextManager["_Doors"]):
    """Processes that have loaded the file, one after the other."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._door: Door | None = None

    def open(self, *, fresh: bool) -> Door:
        """The one that is there; a new one where it has ended, or where it shall be fresh."""
        if self._door is None or fresh or self._door.end is not None:
            self._close()
            self._door = self._trial.open_loaded()
        return self._door

    def _close(self) -> None:
        if self._door is not None:
            self._door.close()

    def __exit__(self, *raised: object) -> None:
        self._close()


def _targets(program: Program) -> set[str]:
    """What is called in it."""
    return {step.target for step in program if isinstance(step, (Call, Differentiate))}


def _handles(step: Call) -> bool:
    """Whether a call takes what an earlier step left, which may change."""
    return any(isinstance(each, Handle) for each in (*step.args, *step.kwargs.values()))


def _extra_calls(check: Check, failure: Failure) -> list[int]:
    """Places of steps that ask for an answer and leave nothing to others, beside the one that failed."""
    if check.judge is not None or not isinstance(check.requires, STEP_BY_STEP) or failure.fault.step < 0:
        return []
    return [
        place
        for place, step in enumerate(failure.program)
        if place != failure.fault.step
        and (
            isinstance(step, (Differentiate, Look, Read)) or (isinstance(step, Call) and step.answer and not step.into)
        )
    ]


def _written(trial: Trial, failure: Failure) -> Failure:
    """The failure; where torch or NumPy refused to write into an input whose numbers share memory: that the input is changed.

    The same call is made on inputs with memory of their own, which can be written to, and with numbers that differ, so that what is written
    shows in them afterwards.
    """
    fault = failure.fault
    if (
        fault.kind is not Kind.RUNTIME_ERROR
        or not SHARED_MEMORY.search(fault.sentence)
        or not 0 <= fault.step < len(failure.program)
    ):
        return failure
    step = failure.program[fault.step]
    if not isinstance(step, Call):
        return failure
    named = {name: _distinct(value) for name, value in step.kwargs.items()}
    call = msgspec.structs.replace(step, args=tuple(_distinct(each) for each in step.args), kwargs=named, echo=True)
    program = [*failure.program[: fault.step], call]
    asked = failure.check.but(ask=lambda case: program, judge=None, requires=Unchanged())
    with trial.open_loaded() as door:
        found = trial.ask(asked, failure.case, door)
    if found is None or found.fault.breach is not Breach.INPUT_CHANGED:
        return failure
    fact = f"Its numbers share memory here, so that what you call refuses to write: {fault.sentence}"
    changed = _changed(fault, Breach.INPUT_CHANGED, found.fault.sentence, fact)
    return msgspec.structs.replace(failure, fault=changed)


def _distinct(value: Any) -> Any:
    """An argument of the same shapes, in memory of its own; floating numbers are distinct."""
    if isinstance(value, torch.Tensor) and value.is_floating_point():
        return torch.linspace(-1, 2, value.numel(), dtype=value.dtype).reshape(value.shape)
    if isinstance(value, (tuple, list)):
        return type(value)(_distinct(each) for each in value)
    return value.contiguous() if isinstance(value, torch.Tensor) else value


def _changed(fault: Fault, breach: Breach, sentence: str, fact: str) -> Fault:
    return msgspec.structs.replace(fault, shows=breach, sentence=sentence, facts=(fact, *fault.facts))


def _probed(trial: Trial, failure: Failure) -> Failure:
    fault = failure.fault
    step = failure.program[fault.step] if can_probe(failure.check, failure.program, fault) else None
    if not isinstance(step, (Call, Differentiate)):
        return failure
    names = parameter_names(trial.problem, step.target)
    probing = Probing(load_probes(trial.problem), failure.program[: fault.step + 1], names, trial.case_set.reference)
    with trial.open_loaded() as door:
        replies = door.ask([to_steps(program, arrays=trial.case_set.arrays) for program in probing.programs])
    facts = (*fault.facts, *probing.facts(fault, replies))
    return msgspec.structs.replace(failure, fault=msgspec.structs.replace(fault, facts=facts))
