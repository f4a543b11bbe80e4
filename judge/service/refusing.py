"""Why a file was not judged, in a sentence: the same words for every kind of judge."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from judge.service.requests import Refused, Trouble
from judge.verdict import ProblemError, UsageError, failure_words
from problems import AmbiguousProblem, BrokenProblem, UnknownProblem
from sandbox import SandboxUnavailable


def refused(number: int, error: Exception, reset: Callable[[], None]) -> Refused:
    """What is told of an error that ended the judging of a file.

    Args:
        number: of the request.
        error: it.
        reset: called where what is warm may be broken.
    """
    if isinstance(error, (UsageError, UnknownProblem, AmbiguousProblem)):
        return Refused(number, Trouble.USAGE, str(error))
    reset()
    if isinstance(error, (ProblemError, BrokenProblem)):
        return Refused(number, Trouble.PROBLEM, str(error))
    if isinstance(error, SandboxUnavailable):
        return Refused(number, Trouble.SANDBOX, str(error))
    words = failure_words(f"{type(error).__name__}: {error}")
    return Refused(number, Trouble.FAILURE, words, traceback="".join(traceback.format_exception(error)))
