"""How long the reference takes: measured through the door, like a solution, on the calls of one check."""

from __future__ import annotations

from judge.cases import CaseSet, ReadyCheck
from judge.isolation import Sandbox
from judge.running.loading import load_spec
from judge.verdict import ProblemError
from problems.checks import CheckFacts
from sandbox import Limits

MANY = 50  # cases of a check whose calls are timed beside the reference's


def is_cost_check(check: CheckFacts) -> bool:
    """Whether a check has calls enough to time a solution by."""
    return check.cases > MANY and not check.timed


def time_reference(case_set: CaseSet, sandbox: Sandbox, limits: Limits) -> None:
    """Measure it before anybody waits for it, for a case set that is kept."""
    check = next((check for check in case_set.facts if is_cost_check(check)), None)
    if check is not None and case_set.framework == case_set.problem.model:
        reference_seconds(case_set, case_set.prepare(check), sandbox, limits)


def reference_seconds(case_set: CaseSet, ready: ReadyCheck, sandbox: Sandbox, limits: Limits) -> float:
    """CPU time of the reference on these cases; measured once for a case set.

    Raises:
        ProblemError: the reference does not load in the sandbox.
    """
    if case_set.reference_seconds is not None:
        return case_set.reference_seconds
    problem, framework = case_set.problem, case_set.framework
    with sandbox.open(framework, limits, case_set.exchanged) as door:
        spec = load_spec(
            problem, framework, source=problem.solution, filename=problem.reference.name, seed=case_set.seed
        )
        loaded = door.load(spec | sandbox.spec(framework))
        if loaded.end is not None or loaded.raised is not None or loaded.faults:
            raise ProblemError(f"the reference of {problem.name} does not load in the sandbox: {loaded}")
        door.post(ready.asking)
        replies = door.collect()
    case_set.reference_seconds = sum(reply.cpu_seconds or 0.0 for each in replies for reply in each)
    return case_set.reference_seconds
