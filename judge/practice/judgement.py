"""What a judging in a session brings, as plain data: this imports nothing heavy."""

from __future__ import annotations

import msgspec

from judge.practice.events import Failing
from judge.verdict import Verdict


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is known before the whole verdict is.

    Attributes:
        mended: where the last counterexample was tried: whether what it showed is no longer so. Else None.
        verdict: where a check fails: the verdict's kind.
        check: which.
        sentence: what was found.
    """

    mended: bool | None = None
    verdict: str = ""
    check: str
    sentence: str


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict, with what the session needs beside it.

    Attributes:
        verdict: it.
        failing: its counterexample, to be tried again.
        mended: whether the last one is mended; None where there was none to try.
    """

    verdict: Verdict
    failing: Failing | None = None
    mended: bool | None = None
