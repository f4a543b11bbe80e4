"""Interruptions that wait until what is being made is where it will be freed.

Python raises KeyboardInterrupt between any two steps, as between `os.pipe()` and the assignment of its descriptors, which nobody can close
then. A process that goes on after interruptions takes `interrupt` for its handler of SIGINT; then none happens within `whole()`, but
where that waits for something, within `interruptible()`. Where another handler is set these do nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from types import FrameType

_whole = False
_waiting = False


def interrupt(number: int, frame: FrameType | None) -> None:
    """The handler of SIGINT."""
    global _waiting
    _waiting = _whole
    if not _whole:
        raise KeyboardInterrupt


@contextlib.contextmanager
def whole() -> Iterator[None]:
    """What is done in it by the main thread is not interrupted in the middle, but after it."""
    with _set(True):
        yield


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Within what is whole: here it may be interrupted."""
    with _set(False):
        yield


@contextlib.contextmanager
def _set(wanted: bool) -> Iterator[None]:
    global _whole
    if threading.current_thread() is not threading.main_thread():  # no other thread is ever interrupted
        yield
        return
    before = _whole
    _whole = wanted
    try:
        _interrupt_where_allowed()
        yield
    finally:
        _whole = before
    _interrupt_where_allowed()


def _interrupt_where_allowed() -> None:
    global _waiting
    if _waiting and not _whole:
        _waiting = False
        raise KeyboardInterrupt
