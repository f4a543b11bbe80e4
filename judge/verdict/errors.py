"""The three ways in which the judge itself can fail, and whose fault each is.

What a user's *solution* does wrong is never an exception: it is a `judge.verdict.verdicts.Verdict`.
"""


class JudgeError(Exception):
    """Base of the errors that the command line prints as one sentence."""


class UsageError(JudgeError):
    """The person who called asked for something that can't be done: exit status 2."""


class ProblemError(JudgeError):
    """A problem's folder is broken (its author's fault): exit status 3."""


def failure_words(what: str) -> str:
    """That the judge itself failed, with the limit of this process that was met, where one was.

    Args:
        what: the error's type and text.
    """
    from sandbox.limits import limits_met

    return f"The judge itself failed ({what}). {limits_met(what)}".strip()
