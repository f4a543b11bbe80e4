"""The verdict on a file that need not be run."""

from __future__ import annotations

import msgspec

from judge.source.notebook import told_by_cells
from judge.source.rules import find_offences
from judge.source.submission import Submission
from judge.verdict import Kind, Location, Verdict, versions


def reject_unread(submission: Submission, seed: int) -> Verdict | None:
    """The verdict on a file that need not be run: it does not parse, or uses what is forbidden."""
    blank = Verdict(
        problem=submission.problem.name,
        framework=submission.framework.name,
        verdict=Kind.LOAD_ERROR,
        seed=seed,
        seconds=0.0,
        checks=(),
        versions={**versions(), "problem": submission.problem.digest},
    )
    if submission.broken or submission.tree is None:
        locations = (submission.location,) if submission.location else ()
        found = msgspec.structs.replace(blank, headline=submission.broken, locations=locations)
        return told_by_cells(found, submission.cells)
    offences = find_offences(submission.tree, submission.problem.forbidden, framework=submission.framework)
    if not offences:
        return None
    lines = submission.source.split("\n")
    places = tuple(
        Location(
            line=offence.line,
            column=offence.column,
            end_column=offence.end_column,
            text=lines[offence.line - 1] if offence.line <= len(lines) else "",
            note=offence.message,
        )
        for offence in offences
    )
    found = msgspec.structs.replace(blank, verdict=Kind.FORBIDDEN, headline=offences[0].message, locations=places)
    return told_by_cells(found, submission.cells)
