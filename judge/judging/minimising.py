"""The third stage: the smallest case that fails the same check in the same way, and what probes tell of it."""

from __future__ import annotations

import msgspec

from judge.cases import Drawing, load_probes
from judge.judging.decision import Decision
from judge.judging.trial import Failure, Trial
from judge.program import most_numbers, parameter_names, to_steps
from judge.running import Probing, can_probe
from judge.verdict import Kind
from problems.asks import Call, Differentiate
from problems.cases import Case
from sandbox import Door

FATAL = (Kind.TIME_LIMIT, Kind.MEMORY_LIMIT, Kind.FORBIDDEN, Kind.SANDBOX_VIOLATION)
"""What is not asked again: it takes long, or ends the run."""


def minimise(trial: Trial, decision: Decision) -> Decision:
    """The same decision on the smallest case that fails the same check with the same kind of verdict."""
    return decision if decision.failure is None else _decided(_smallest(trial, decision.failure))


def probe(trial: Trial, decision: Decision) -> Decision:
    """The same decision with what more is found out about its case, in a process of its own."""
    return decision if decision.failure is None else _decided(_probed(trial, decision.failure))


def _decided(failure: Failure) -> Decision:
    return Decision(failure.fault, failure)


def _smallest(trial: Trial, failure: Failure) -> Failure:
    check = failure.check
    if failure.fault.kind in FATAL or check.timed or check.own_process or not failure.program:
        return failure
    door: Door | None = None
    found: dict[bytes, Failure] = {}

    def fails(case: Case) -> bool:
        nonlocal door
        if door is None or door.end is not None:
            if door is not None:
                door.close()
            door = trial.open_loaded()
        smaller = trial.ask(check, case, door)
        if smaller is None or smaller.fault.kind != failure.fault.kind:
            return False
        found[msgspec.json.encode(case)] = smaller
        return True

    try:
        case = Drawing(check, trial.seed).shrink(failure.number, fails, lambda case: most_numbers(check.ask(case)))
    finally:
        if door is not None:
            door.close()
    return found.get(msgspec.json.encode(case), failure)


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
