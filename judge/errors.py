"""The three ways in which the judge itself can fail, and whose fault each is.

What a user's *solution* does wrong is never an exception: it is a `judge.verdict.Verdict`.
"""


class JudgeError(Exception):
    """Base of the errors that the command line prints as one sentence."""


class UsageError(JudgeError):
    """The person who called asked for something that can't be done: exit status 2."""


class ProblemError(JudgeError):
    """A problem's folder is broken (its author's fault): exit status 3."""
