"""Starting the process that judges before anything else is imported: it will be needed, and importing takes it a while."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import IO, Any

COMMAND = ("-P", "-m", "judge.service.serving")
_begun: tuple[subprocess.Popen[bytes], IO[Any]] | None = None


def started() -> tuple[subprocess.Popen[bytes], IO[Any]]:
    """A process that judges, which waits for orders, and the file to which its standard error goes.

    Raises:
        OSError: it can't be started.
    """
    said = tempfile.TemporaryFile()  # noqa: SIM115 - whoever has it closes it
    process = subprocess.Popen(
        [sys.executable, *COMMAND],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        start_new_session=True,  # an interruption at the terminal is for the one who waits, not for it
    )
    return process, said


def begin() -> None:
    """Start one for whoever asks next. Where nobody does it ends with this process, whose orders end then."""
    global _begun
    try:
        _begun = started()
    except OSError:
        _begun = None  # whoever needs it tries again, and says what is wrong


def taken() -> tuple[subprocess.Popen[bytes], IO[Any]]:
    """The one that was begun, else one that is started now.

    Raises:
        OSError: it can't be started.
    """
    global _begun
    found, _begun = _begun, None
    return found or started()
