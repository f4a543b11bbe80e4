"""Judging a file: what can be said without running it, then a trial.

Importing this module imports no torch: a file that is forbidden or does not parse is answered at once, and the sandbox starts
while the trial's own imports run.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from judge.configuration import Configuration
from judge.rules import find_offences
from judge.submission import Submission, read_submission
from judge.verdict import Kind, Location, Verdict
from problems import Catalogue

if TYPE_CHECKING:
    from judge.preparation import Deck
    from judge.sandboxes import Sandbox

Progress = Callable[[str], None]
Elsewhere = Callable[[Submission, int | None, Progress | None], Verdict | None]


def judge_file(
    path: Path,
    *,
    problem: str | None = None,
    framework: str | None = None,
    seed: int | None = None,
    sandbox: str = "auto",
    progress: Progress | None = None,
    configuration: Configuration | None = None,
    catalogue: Catalogue | None = None,
    elsewhere: Elsewhere | None = None,
) -> Verdict:
    """Judge one file.

    Args:
        path: the file.
        problem: slug or alias; None: told from the file's name or from what it defines.
        framework: "torch", "numpy" or "python"; None: told from the file's imports.
        seed: all cases follow from it; None draws a fresh one.
        sandbox: "auto", "linux", "docker" or "process".
        progress: told in a few words what is being done.
        configuration: limits that replace the problem's own.
        catalogue: the problems there are; None: this project's own.
        elsewhere: asked first where the file has to be run: judges it with this seed in another process, or says None. Without a
            seed it draws one.

    Raises:
        UsageError: the file or the problem can't be found, or the file can't be read.
        ProblemError: the problem itself is broken.
        SandboxUnavailable: no sandbox of that kind works here.
    """
    submission = read_submission(path, problem=problem, framework=framework, catalogue=catalogue)
    chosen = secrets.randbelow(2**32) if seed is None else seed
    rejected = reject_unread(submission, chosen)
    if rejected is not None:
        return rejected
    if elsewhere is not None and (found := elsewhere(submission, seed, progress)) is not None:
        return found
    from judge.sandboxes import open_sandbox

    with open_sandbox(sandbox) as place:
        place.prepare(submission.framework)
        return judge_submission(
            submission, seed=chosen, sandbox=place, progress=progress, configuration=configuration or Configuration()
        )


def reject_unread(submission: Submission, seed: int) -> Verdict | None:
    """The verdict on a file that need not be run: it does not parse, or uses what is forbidden."""
    blank = Verdict(
        problem=submission.problem.name,
        framework=submission.framework,
        verdict=Kind.LOAD_ERROR,
        seed=seed,
        seconds=0.0,
        checks=(),
    )
    if submission.tree is None:
        locations = (submission.location,) if submission.location else ()
        return msgspec.structs.replace(blank, headline=submission.broken, locations=locations)
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
    return msgspec.structs.replace(blank, verdict=Kind.FORBIDDEN, headline=offences[0].message, locations=places)


def judge_submission(
    submission: Submission,
    *,
    seed: int,
    sandbox: Sandbox,
    progress: Progress | None = None,
    configuration: Configuration | None = None,
    brief: bool = False,
    shrink: bool = True,
    deck: Deck | None = None,
) -> Verdict:
    """Judge a submission that has passed the rules for source.

    Args:
        submission: the file.
        seed: all cases follow from it.
        sandbox: where it runs.
        progress: told in a few words what is being done.
        configuration: limits that replace the problem's own.
        brief: stop at the first check that fails, and look for neither the smallest failing input nor the mistake. The verdict is
            the same.
        shrink: look for the smallest failing input.
        deck: the checks of this problem, framework and seed, where they are kept for several files.
    """
    from judge.trial import Trial

    settings = configuration or Configuration()
    trial = Trial(
        submission,
        seed,
        sandbox,
        progress or (lambda text: None),
        settings,
        brief=brief,
        shrink=shrink and not brief,
        deck=deck,
    )
    return trial.verdict()


__all__ = ["judge_file", "judge_submission", "reject_unread"]
