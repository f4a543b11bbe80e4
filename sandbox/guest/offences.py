"""What a run does against the rules: told to the judge the moment it is done, and the end of the run.

Nothing is remembered that could be forgotten again. The report goes into the judge's channel before the refusal is raised, and the
process ends itself; where the report does not arrive, as the descriptor was closed or another put in its place, a process that has ended
is no right answer either. Known on both sides of the door.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

SEQUENCE = 0  # of a report: the judge's own messages are counted from 1
EXIT_CODE = 77  # of a process that ended itself for an offence; the report says which
MOST_LETTERS = 500

RULE = "rule"  # the problem forbids it
EVERYWHERE = "everywhere"  # no solution may use it
VIOLATION = "violation"  # it reaches for the machine
KINDS = (RULE, EVERYWHERE, VIOLATION)

Offend = Callable[[str, str], None]


class ForbiddenFunction(RuntimeError):
    """Raised where a forbidden function is called; the message names the rule."""


def read(text: bytes) -> tuple[str, str]:
    """The kind and the words of a report.

    Raises:
        ValueError: it is none.
    """
    kind, between, what = bytes(text).decode("utf-8", "replace").partition("\n")
    if kind not in KINDS or not between:
        raise ValueError("a report that is none")
    return kind, what[:MOST_LETTERS]


def ender(descriptor: int, head: Callable[[int, int], bytes]) -> Offend:
    """A function that reports an offence, by its kind and in words, and ends this process.

    Args:
        descriptor: of the judge's channel.
        head: makes the head of a frame from its sequence number and the bytes of its text.
    """
    write, leave = os.write, os._exit

    def offend(kind: str, what: str) -> None:
        text = f"{kind}\n{what[:MOST_LETTERS]}".encode("utf-8", "replace")
        try:
            write(descriptor, head(SEQUENCE, len(text)) + text)
        finally:
            leave(EXIT_CODE)

    return offend


class Late:
    """What the refusals that the template has made already need to know of their run."""

    def __init__(self) -> None:
        self._offend: Offend | None = None
        self._libraries: tuple[str, ...] = ()

    def begin(self, offend: Offend, libraries: Iterable[str]) -> None:
        """There is a run: offences are told, and these are the folders and files of its libraries."""
        self._offend = offend
        self._libraries = tuple(libraries)

    def is_library(self, filename: str) -> bool:
        """Whether code from this file is a library's. Code can lie about its file: nothing but the verdict may depend on it."""
        return filename.startswith(self._libraries)

    def offend(self, kind: str, what: str) -> None:
        """Report an offence and end this process, once there is a run."""
        if self._offend is not None:
            self._offend(kind, what)


LATE = Late()


def refusal(offend: Offend, kind: str, name: str) -> Callable[..., None]:
    """A function to put in the place of one that may not be called: it reports the offence, and in any case it raises.

    Args:
        offend: reports.
        kind: of the offence.
        name: of the function, as the user would write it.
    """

    def refuse(*args: object, **kwargs: object) -> None:
        offend(kind, name)
        raise ForbiddenFunction(f"{name} is forbidden here")

    return refuse
