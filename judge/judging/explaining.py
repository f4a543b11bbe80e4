"""The fourth stage: what the mistake is, and in which line: from the catalogue, from edits of the reference, from a trace."""

from __future__ import annotations

import msgspec

from judge.explain import Named, diagnose, recognise_edit
from judge.judging.decision import Decision
from judge.judging.pointing import watch_failure
from judge.judging.run import Run
from judge.verdict import Diagnosis, ProblemError
from sandbox import SandboxRefused, SandboxUnavailable

MOST_TEXT = 200


def explain(run: Run, decision: Decision) -> Diagnosis | None:
    """The mistake that agrees with all that the file answered, with the lines where it lies; None where nothing was found.

    Args:
        run: of the file.
        decision: with the failure that is reported.
    """
    named = diagnose(run.trial.problem, run.evidence, run.trial.case_set.arrays)
    try:
        return _with_lines(run, decision, named)
    except (SandboxRefused, SandboxUnavailable, ProblemError):
        raise
    except Exception as error:  # noqa: BLE001 - a verdict does not fail because its explanation does; and it is said
        said = f"The judge failed while it looked for the line of the mistake: {type(error).__name__}: {error}"
        found = Diagnosis(mistake=None, explanation="", source="trace") if named is None else named.diagnosis
        return msgspec.structs.replace(found, facts=(said[:MOST_TEXT],))


def _with_lines(run: Run, decision: Decision, named: Named | None) -> Diagnosis | None:
    """What was named, or what an edit of the reference tells, with the lines; None where nothing was found."""
    problem, arrays = run.trial.problem, run.trial.case_set.arrays
    pointing = watch_failure(run, decision)
    if named is None and pointing is not None:
        named = recognise_edit(problem, run.evidence, arrays, pointing.doubtful_lines())
    pointed = None if pointing is None else pointing.found(None if named is None else named.source)
    if pointed is None:
        return None if named is None else named.diagnosis
    found = Diagnosis(mistake=None, explanation="", source="trace") if named is None else named.diagnosis
    lines = run.trial.submission.source.split("\n")  # as Python counts them: a form feed ends no line
    text = lines[pointed.lines[0] - 1].strip()[:MOST_TEXT]
    return msgspec.structs.replace(found, lines=pointed.lines, text=text, facts=pointed.facts)
