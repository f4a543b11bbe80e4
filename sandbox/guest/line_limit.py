"""A limit on how many lines the code of one file may carry out: an edit can make a loop endless, or a list grow without end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from sys import gettrace, settrace
from types import FrameType
from typing import Any

Calling = Callable[[int | None], contextlib.AbstractContextManager[None]]


class TooManyLines(BaseException):
    """It carried out more lines than it may. No ordinary `except` catches it."""


class Lines:
    """How many lines were carried out."""

    def __init__(self) -> None:
        self.count = 0


@contextlib.contextmanager
def limited(filename: str, most: int) -> Iterator[Lines]:
    """A context in which the code of one file may carry out so many lines.

    Args:
        filename: as its code objects name it.
        most: lines.

    Raises:
        TooManyLines: it carried out more.
    """
    lines = Lines()

    def on_line(frame: FrameType, event: str, arg: object) -> Any:
        lines.count += event == "line"
        if lines.count > most:
            raise TooManyLines
        return on_line

    def on_call(frame: FrameType, event: str, arg: object) -> Any:
        return on_line if frame.f_code.co_filename == filename else None

    before = gettrace()
    settrace(on_call)
    try:
        yield lines
    finally:
        settrace(before)


def around(calling: Calling, filename: str, most: int) -> Calling:
    """A context around calls into a file, within another, that allows each call so many lines."""

    @contextlib.contextmanager
    def limiting(seed: int | None) -> Iterator[None]:
        with calling(seed), limited(filename, most):
            yield

    return limiting
