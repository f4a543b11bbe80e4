"""A folder for this user's temporary files that nobody else may enter. In /tmp, another user could have made it."""

from __future__ import annotations

import contextlib
import getpass
import os
import stat
import tempfile
from pathlib import Path

from sandbox.errors import SandboxUnavailable

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def own_folder() -> Path:
    """The folder of this user; made where it is missing.

    Raises:
        SandboxUnavailable: there is something else by that name; the message says what to do.
    """
    user = str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
    return required(Path(tempfile.gettempdir(), f"ml-judge-{user}"))


def required(folder: Path) -> Path:
    """This folder, which belongs to this user alone; made where it is missing.

    Raises:
        SandboxUnavailable: it does not.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or (hasattr(os, "getuid") and found.st_uid != os.getuid()):
        raise SandboxUnavailable(f"the folder {folder} belongs to another user: remove it, or set TMPDIR")
    if hasattr(os, "getuid") and found.st_mode & OTHERS:
        folder.chmod(0o700)
    return folder
