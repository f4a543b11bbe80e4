"""Ctrl-C while a command is only starting. This imports nothing heavy."""

import os
import sys
from _signal import (  # type: ignore[import-not-found]  # the C module: `signal` would import enum
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)


class quiet_interruptions:  # noqa: N801 - it is used like a function
    """A context in which Ctrl-C ends the process with a word and status 130.

    An exception would be raised in the middle of an import, and would end in a traceback, or as another error. Nothing is lost by ending at
    once, as long as a command has not begun. Where Ctrl-C is not handled as usual, as in a background job, nothing changes.
    """

    def __enter__(self) -> None:
        self._usual = getsignal(SIGINT) is default_int_handler
        if self._usual:
            signal(SIGINT, _end)

    def __exit__(self, *exception: object) -> None:
        if self._usual:
            signal(SIGINT, default_int_handler)


def _end(number: int, frame: object) -> None:
    if sys.stderr is not None:
        os.write(2, b"judge: Interrupted.\n")
    os._exit(130)
