"""The last stage: run, decision and explanation become a verdict. It follows from them alone."""

from __future__ import annotations

import re
from pathlib import PurePath

import msgspec

from judge.judging.decision import Decision
from judge.judging.run import CheckRun, Run
from judge.judging.trial import Failure, Trial
from judge.program import MOST_LITERAL, Setting, counterexample, most_numbers
from judge.running import Fault
from judge.source import told_by_cells
from judge.verdict import (
    ASKED_FOR,
    CheckResult,
    Cost,
    Counterexample,
    Diagnosis,
    Kind,
    Outcome,
    SandboxUsed,
    Verdict,
    versions,
)
from problems.asks import Assign, Call, Construct, Put
from problems.checks import Check, CheckFacts
from problems.values import recorded_draws

UNFINISHED = "Not known: judging was interrupted."
RANDOM_WORDS = {
    "random": re.compile(r"^\s*(from|import) random\b", re.MULTILINE),
    "numpy": re.compile(r"\bnp\.random|\bnumpy\.random"),
    "torch": re.compile(r"\b(rand\w*|dropout|bernoulli|multinomial|normal_?|uniform_|manual_seed)\b", re.IGNORECASE),
}
"""Words in a file whose results may depend on a module's global generator."""


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
    found = Verdict(
        problem=trial.problem.name,
        framework=trial.submission.framework.name,
        verdict=decision.kind,
        seed=trial.seed,
        seconds=seconds,
        sandbox=SandboxUsed(kind=trial.sandbox.kind, level=trial.sandbox.level),
        headline=fault.sentence,
        details=(*map(_left_out, run.absent), *(() if run.checks else fault.facts)),
        locations=fault.locations,
        checks=tuple(_result(trial, each, decision.failure) for each in run.checks),
        diagnosis=diagnosis,
        cost=cost,
        measured=fault.measured,
        output=run.output,
        effort=effort,
        versions={**versions(), "problem": trial.problem.digest},
    )
    return told_by_cells(found, trial.submission.cells)


def _left_out(package: str) -> str:
    return f"Your file imports `{package}`, which a solution can't import. It was judged without the import."


def unfinished(trial: Trial, failed: Check, kind: Kind, sentence: str, *, effort: str, seconds: float) -> Verdict:
    """The verdict as far as it is known when the first check has failed.

    Args:
        trial: the file, and what it is asked.
        failed: the check.
        kind: of the verdict.
        sentence: what was found.
        effort: that is made.
        seconds: until then.
    """
    message = f"{sentence}\n{ASKED_FOR}{failed.sentence}"
    found = CheckResult(name=failed.name, outcome=Outcome.FAILED, message=message, seconds=seconds)
    left = (each for each in trial.case_set.checks if each.name != failed.name)
    skipped = [CheckResult(name=each.name, outcome=Outcome.SKIPPED, message=UNFINISHED, seconds=0.0) for each in left]
    return Verdict(
        problem=trial.problem.name,
        framework=trial.submission.framework.name,
        verdict=kind,
        seed=trial.seed,
        seconds=seconds,
        sandbox=SandboxUsed(kind=trial.sandbox.kind, level=trial.sandbox.level),
        headline=sentence,
        checks=(found, *skipped),
        effort=effort,
        complete=False,
        versions={**versions(), "problem": trial.problem.digest},
    )


def _result(trial: Trial, each: CheckRun, decisive: Failure | None) -> CheckResult:
    check = each.check
    if each.skipped:
        return CheckResult(name=check.name, outcome=Outcome.SKIPPED, message=each.skipped, seconds=each.seconds)
    if each.failure is None:
        return CheckResult(name=check.name, outcome=Outcome.PASSED, message=check.sentence, seconds=each.seconds)
    failure, example = each.failure, None
    if decisive is not None and decisive.check.name == check.name:
        failure, example = decisive, _counterexample(trial, decisive)
    return CheckResult(
        name=check.name,
        outcome=Outcome.FAILED,
        message=_message(check, failure.fault),
        seconds=each.seconds,
        counterexample=example,
    )


def _counterexample(trial: Trial, failure: Failure) -> Counterexample | None:
    if not failure.program:
        return None
    failure = _last_alone(failure) if failure.check.timed else failure
    fault = failure.fault
    return counterexample(
        trial.problem,
        failure.case,
        failure.program,
        fault.step,
        expected=fault.expected,
        actual=fault.actual,
        worst_index=fault.worst_index,
        name=fault.name,
        setting=_setting(trial, failure),
    )


def _last_alone(failure: Failure) -> Failure:
    """Of many calls whose time is measured, the one that takes too long, on its inputs."""
    program, last = failure.program, failure.fault.step
    if last < 0 or not all(isinstance(step, (Assign, Call, Construct, Put)) for step in program):
        return failure
    before = max((place for place in range(last) if isinstance(program[place], Call)), default=-1)
    made = [step for step in program[: before + 1] if isinstance(step, (Assign, Construct))]
    fault = msgspec.structs.replace(failure.fault, step=len(made) + last - before - 1)
    return msgspec.structs.replace(failure, program=[*made, *program[before + 1 : last + 1]], fault=fault)


def _setting(trial: Trial, failure: Failure) -> Setting:
    """What the program that repeats a failure is written for."""
    submission = trial.submission
    with recorded_draws() as draws:
        if most_numbers(failure.program) > MOST_LITERAL:
            failure.check.ask(failure.case)
    path = PurePath(submission.filename)
    return Setting(
        module=path.stem if path.suffix == ".py" else "",
        arrays=trial.case_set.arrays,
        seeded=tuple(module for module, words in RANDOM_WORDS.items() if words.search(submission.source)),
        result=getattr(failure.check.requires, "result", None),
        draws=tuple(draws),
    )


def _message(check: CheckFacts, fault: Fault) -> str:
    """What was found, the facts, and the property that it breaks."""
    return "\n".join([fault.sentence, *fault.facts, f"{ASKED_FOR}{check.sentence}"])
