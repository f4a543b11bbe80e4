"""One submission judged by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from judge.settings import Configuration
from judge.source import Submission
from judge.verdict import Verdict

if TYPE_CHECKING:
    from judge.cases import Deck
    from judge.isolation import Sandbox

Progress = Callable[[str], None]


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
    from judge.judging.trial import Trial

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
