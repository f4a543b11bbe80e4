"""All stages in a row: run, decide, minimise, explain, conclude. Who needs less says so, and stops earlier."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from judge.isolation import look_again
from judge.judging.conclusion import conclude
from judge.judging.decision import Decision, decide
from judge.judging.explaining import explain
from judge.judging.minimising import minimise, probe
from judge.judging.run import Manner, OnFirstFailure, Progress, Run, run_checks
from judge.judging.trial import Failure, Trial
from judge.running import reference_seconds
from judge.verdict import Cost, Diagnosis, Kind, Verdict
from problems.cases import Case
from problems.checks import Check
from sandbox import SandboxRefused, SandboxUnavailable


class Plan(msgspec.Struct, frozen=True):
    """Which stages a file goes through, and how.

    Attributes:
        manner: how it is asked its checks.
        minimise: look for the smallest case that fails.
        explain: ask the probes, and look for the mistake that explains it.
        cost: of what is accepted, measure the reference's time beside it.
        on_decision: told the verdict before the mistake that explains it is looked for.
    """

    manner: Manner = Manner()
    minimise: bool = True
    explain: bool = True
    cost: bool = True
    on_decision: Callable[[Verdict], None] | None = None


KIND_ONLY = Plan(Manner(first_failure_only=True), minimise=False, explain=False, cost=False)
"""The kind of verdict, and the first case that fails."""


class Judgement(msgspec.Struct, frozen=True):
    """The verdict, and what it follows from."""

    verdict: Verdict
    run: Run
    decision: Decision

    @property
    def failure(self) -> Failure | None:
        """The check that decided, and the smallest case that was found; None where the file was accepted or not loaded."""
        return self.decision.failure

    @property
    def failing_case(self) -> Case | None:
        """The case that the verdict's counterexample shows; None where there is none, or it can't be tried by itself."""
        failure = self.failure
        if failure is None or not failure.program or not failure.alone or failure.fault.kind is Kind.TIME_LIMIT:
            return None  # what takes ten seconds is not asked twice
        return failure.case


def judge_trial(trial: Trial, plan: Plan, progress: Progress) -> Judgement:
    """Judge a file. Where the sandbox fails on the way, as where a process is killed from outside, once more from the beginning.

    Args:
        trial: the file, what it is asked, and where it runs.
        plan: the stages.
        progress: told in a few words what is being done.

    Raises:
        SandboxRefused: the system refuses the sandbox.
        SandboxUnavailable: it failed again.
        ProblemError: a check itself failed.
    """
    started = time.perf_counter()
    look_again(trial.sandbox)
    if plan.manner.on_first_failure is not None:
        told_once = msgspec.structs.replace(plan.manner, on_first_failure=_once(plan.manner.on_first_failure))
        plan = msgspec.structs.replace(plan, manner=told_once)
    try:
        return _judged(trial, plan, progress, started)
    except SandboxRefused:
        raise
    except SandboxUnavailable:
        return _judged(trial, plan, progress, started)


def _judged(trial: Trial, plan: Plan, progress: Progress, started: float) -> Judgement:
    run = run_checks(trial, plan.manner, progress)
    decision = decide(run)
    diagnosis = cost = None
    if decision.failure is not None:
        if plan.minimise:
            progress("looking for the smallest failing input")
            decision = minimise(run.trial, decision)
            if plan.explain:
                decision = probe(run.trial, decision)
        if plan.explain:
            if plan.on_decision is not None:
                plan.on_decision(_concluded(run, decision, plan, started))
            progress("looking for the mistake")
            diagnosis = explain(run, decision)
    elif decision.kind is Kind.ACCEPTED and plan.cost:
        progress("measuring the reference")
        cost = _cost(run)
    return Judgement(_concluded(run, decision, plan, started, diagnosis=diagnosis, cost=cost), run, decision)


def _concluded(
    run: Run,
    decision: Decision,
    plan: Plan,
    started: float,
    *,
    diagnosis: Diagnosis | None = None,
    cost: Cost | None = None,
) -> Verdict:
    return conclude(
        run,
        decision,
        effort="verdict" if plan.manner.first_failure_only else "full",
        seconds=time.perf_counter() - started,
        diagnosis=diagnosis,
        cost=cost,
    )


def _cost(run: Run) -> Cost | None:
    """CPU time on one check's calls beside the reference's, which goes through the door like a solution."""
    trial, ready = run.trial, run.cost_check
    if trial.submission.framework != trial.problem.model:
        return None
    if ready is None or not run.cpu_seconds.get(ready.facts.name):
        return None
    reference = reference_seconds(trial.case_set, ready, trial.sandbox, trial.limits)
    return Cost(solution_seconds=run.cpu_seconds[ready.facts.name], reference_seconds=reference)


def _once(tell: OnFirstFailure) -> OnFirstFailure:
    """Told of the first failure only."""
    told = False

    def tell_once(check: Check, kind: str, sentence: str) -> None:
        nonlocal told
        if not told:
            told = True
            tell(check, kind, sentence)

    return tell_once
