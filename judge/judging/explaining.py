"""The fourth stage: what the mistake is, and in which line: from the catalogue, from edits of the reference, from a trace."""

from __future__ import annotations

import msgspec

from judge.explain import diagnose, recognise_edit
from judge.judging.decision import Decision
from judge.judging.pointing import watch_failure
from judge.judging.run import Run
from judge.verdict import Diagnosis

MOST_TEXT = 200


def explain(run: Run, decision: Decision) -> Diagnosis | None:
    """The mistake that agrees with all that the file answered, with the lines where it lies; None where nothing was found.

    Args:
        run: of the file.
        decision: with the failure that is reported.
    """
    problem, arrays = run.trial.problem, run.trial.case_set.arrays
    named = diagnose(problem, run.evidence, arrays)
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
