"""The last stage: run, decision and explanation become a verdict. It follows from them alone."""

from __future__ import annotations

from judge.judging.decision import Decision
from judge.judging.run import CheckRun, Run
from judge.judging.trial import Failure
from judge.program import counterexample
from judge.running import Fault
from judge.verdict import (
    CheckResult,
    Cost,
    Counterexample,
    Diagnosis,
    Outcome,
    SandboxUsed,
    Verdict,
    versions,
)
from problems import Problem
from problems.checks import Check


def conclude(
    run: Run, decision: Decision, *, effort: str, seconds: float, diagnosis: Diagnosis | None, cost: Cost | None
) -> Verdict:
    """The verdict.

    Args:
        run: what came of every check.
        decision: what decided; its case may be smaller than the run's.
        effort: "full" or "verdict".
        seconds: that all stages took.
        diagnosis: the mistake that explains it.
        cost: time beside the reference's.
    """
    trial, fault = run.trial, decision.fault
    return Verdict(
        problem=trial.problem.name,
        framework=trial.submission.framework.name,
        verdict=decision.kind,
        seed=trial.seed,
        seconds=seconds,
        sandbox=SandboxUsed(kind=trial.sandbox.kind, level=trial.sandbox.level),
        headline=fault.sentence,
        details=() if run.checks else fault.facts,
        locations=fault.locations,
        checks=tuple(_result(trial.problem, each, decision.failure) for each in run.checks),
        diagnosis=diagnosis,
        cost=cost,
        output=run.output,
        effort=effort,
        versions={**versions(), "problem": trial.problem.digest},
    )


def _result(problem: Problem, each: CheckRun, decisive: Failure | None) -> CheckResult:
    check = each.check
    if each.skipped:
        return CheckResult(name=check.name, outcome=Outcome.SKIPPED, message=each.skipped, seconds=each.seconds)
    if each.failure is None:
        return CheckResult(name=check.name, outcome=Outcome.PASSED, message=check.sentence, seconds=each.seconds)
    failure, example = each.failure, None
    if decisive is not None and decisive.check.name == check.name:
        failure, example = decisive, _counterexample(problem, decisive)
    return CheckResult(
        name=check.name,
        outcome=Outcome.FAILED,
        message=_message(check, failure.fault),
        seconds=each.seconds,
        counterexample=example,
    )


def _counterexample(problem: Problem, failure: Failure) -> Counterexample | None:
    if not failure.program:
        return None
    fault = failure.fault
    return counterexample(
        problem,
        failure.case,
        failure.program,
        fault.step,
        expected=fault.expected,
        actual=fault.actual,
        worst_index=fault.worst_index,
    )


def _message(check: Check, fault: Fault) -> str:
    """What was found, the facts, and the property that it breaks."""
    return "\n".join([fault.sentence, *fault.facts, f"Asked for: {check.sentence}"])
