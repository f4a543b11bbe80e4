"""Where the resident judge is reached: a socket in a folder that only this user can enter, and who is at its other end.

The folder is opened once, checked, and everything in it is reached through that descriptor: what is put in its place meanwhile is not
used, and its path may be as long as it likes (unix(7) allows 107 bytes for a socket's).
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from judge.verdict import JudgeError
from problems.trust import make_private

SOCKET = "socket"
LOCK = "lock"
CREDENTIALS = struct.Struct("3i")  # struct ucred: pid, uid, gid
POSSIBLE = sys.platform.startswith("linux")


class NoPlace(JudgeError):
    """There is no folder in which a resident judge could be reached safely."""


class Place:
    """The folder, open.

    Args:
        folder: its path.
        make: make it where it is missing.

    Raises:
        NoPlace: it is not there, can't be made, or others can enter it.
    """

    def __init__(self, folder: Path, *, make: bool = False) -> None:
        if not POSSIBLE:
            raise NoPlace("A resident judge needs Linux.")
        self.folder = folder
        try:
            if make:
                make_private(folder)
            self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError as error:
            raise NoPlace(f"The folder {folder} can't be had: {error.strerror}.") from error
        if wrong := _wrong(os.fstat(self._descriptor)):
            self.close()
            raise NoPlace(f"The folder {folder} {wrong}. Remove it, or give it to you alone: chmod 700.")

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)

    def connect(self, seconds: float) -> socket.socket:
        """Reach the resident judge.

        Args:
            seconds: after which whatever is done with the connection fails.

        Raises:
            OSError: there is none, or it does not answer.
            NoPlace: somebody else is there.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect(self._at(SOCKET))
            require_own(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def listen(self, name: str = SOCKET) -> socket.socket:
        """Be the resident judge, or its fork server; for the one who holds the lock."""
        self.forget(name)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(self._at(name))
            listener.listen(16)
        except BaseException:
            listener.close()
            raise
        return listener

    def number(self, name: str) -> int | None:
        """Which one a socket is, by its inode; None where there is none."""
        with contextlib.suppress(FileNotFoundError):
            return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_ino
        return None

    def forget(self, name: str = SOCKET) -> None:
        """Take the socket away."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)

    @contextlib.contextmanager
    def lock(self) -> Iterator[bool]:
        """Whether this process is the one resident judge, for as long as it holds."""
        import fcntl

        descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600, dir_fd=self._descriptor)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(descriptor)

    def _at(self, name: str) -> str:
        return f"/proc/self/fd/{self._descriptor}/{name}"


def _wrong(found: os.stat_result) -> str:
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    if stat.S_IMODE(found.st_mode) & 0o077:
        return "can be entered by others"
    return ""


def peer(connection: socket.socket) -> tuple[int, int]:
    """Process id and user id of the other end, as the kernel knows them (unix(7), SO_PEERCRED)."""
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    pid, uid, _ = CREDENTIALS.unpack(found)
    return pid, uid


def require_own(connection: socket.socket) -> None:
    """Go on only with a process of this user.

    Raises:
        NoPlace: it is another user's.
    """
    _, uid = peer(connection)
    if uid != os.geteuid():
        raise NoPlace(f"The process at the other end belongs to another user ({uid}).")
