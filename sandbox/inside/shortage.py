"""Limits of the system that the judge itself can meet, told apart from what user code does and from walls that the system refuses."""

from __future__ import annotations

import errno

# What a system call answers where there is too little of something. Another try may go well, and the answer says nothing of walls.
SHORTAGES = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EINTR, errno.EBUSY, errno.EIO})
NO_THREAD = "can't start new thread"  # of CPython's RuntimeError


def is_shortage(error: BaseException) -> bool:
    """Whether an exception says that a process, a thread, a descriptor or memory could not be had."""
    if isinstance(error, OSError):
        return error.errno in SHORTAGES
    return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and NO_THREAD in str(error))
