"""Quick commands are carried out by a process that has everything imported, where one waits: this reaches it.

That process is the fork server beside the resident judge (`judge.service.fork_server`). It is given the arguments, the environment, the
working folder and the three standard streams, and forks; what it cannot do exactly as this process would, it declines. This file imports
next to nothing: what it imports, somebody waits for.
"""

from __future__ import annotations

import os
import sys

QUICK = frozenset({"run", "list", "show", "hint", "explain", "history", "stats"})
SOCKET = "commands"
SECONDS = 2.0  # for the fork server to say that it has begun
WORD = 9  # bytes of what it says: a letter and a number
DECLINED, READY, BEGUN, ENDED, KILLED = b"N", b"R", b"P", b"S", b"K"
GO = b"g"  # what the client says to one that is ready: until then nothing has begun, and after it nobody else carries the command out
STREAMS = (0, 1, 2)
EXIT_FAILED = 3
EXIT_INTERRUPTED = 130


class Lost(Exception):
    """The process that carried out the command was killed, or its server was: nobody knows how far it came."""


def carried_out(arguments: list[str]) -> int | None:
    """Have a command carried out by the fork server: its exit status, or None where it is to be carried out here.

    Args:
        arguments: of the command line.

    Raises:
        Lost: it began, and nobody knows how it ended.
    """
    if not _is_quick(arguments):
        return None
    try:
        return _through_fork_server(arguments)
    except (OSError, ValueError):
        return None  # there is none, or it ended before it began with this
    except KeyboardInterrupt:
        return _say("Interrupted.", EXIT_INTERRUPTED)


def _is_quick(arguments: list[str]) -> bool:
    """Whether the fork server may be asked: it is Linux, and nobody said that no process shall be left behind."""
    if not arguments or arguments[0] not in QUICK or "--no-server" in arguments or not sys.platform.startswith("linux"):
        return False
    if os.environ.get("CI") or os.environ.get("JUDGE_SERVER"):
        return False
    return None not in (sys.stdin, sys.stdout, sys.stderr)


def server_folder() -> str:
    """The folder of the resident judge, as `judge.settings.read_places` tells it."""
    home = os.environ.get("JUDGE_HOME")
    if home:
        return os.path.join(os.path.abspath(home), "server")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.path.isdir(runtime):
        return os.path.join(runtime, "judge")
    data = os.environ.get("XDG_DATA_HOME", "").strip() or os.path.expanduser("~/.local/share")
    return os.path.join(data, "judge", "server")


def serves() -> bool:
    """Whether there seems to be a resident judge, which judges in a process of its own."""
    return "--no-server" not in sys.argv and os.path.exists(os.path.join(server_folder(), SOCKET))


def _through_fork_server(arguments: list[str]) -> int | None:
    """The exit status of what the fork server did, or None where it declines.

    Raises:
        OSError: there is none, or it ended before it was ready.
        Lost: it ended after that.
    """
    import _socket  # the C module: `socket` would import what takes longer than all else here

    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    descriptor = -1
    try:
        connection.settimeout(SECONDS)
        descriptor = os.open(server_folder(), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            return None
        connection.connect(f"/proc/self/fd/{descriptor}/{SOCKET}")
        credentials = connection.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12)
        if int.from_bytes(credentials[4:8], sys.byteorder) != os.geteuid():
            return None
        _ask(connection, arguments)
        word = _word(connection)
        if word is None or word[0] != READY:
            return None
        connection.sendall(GO)
        connection.settimeout(None)
        word = _word(connection)
        if word is None:
            raise Lost
        return _followed(connection, word[1]) if word[0] == BEGUN else None
    finally:
        connection.close()
        if descriptor >= 0:
            os.close(descriptor)


def _ask(connection: object, arguments: list[str]) -> None:
    """Send everything that a command depends on."""
    import _socket

    assert isinstance(connection, _socket.socket)
    mask = os.umask(0o077)
    os.umask(mask)
    written = [f"{stream.encoding}:{stream.errors}" for stream in (sys.stdin, sys.stdout, sys.stderr)]
    own = [os.path.realpath(sys.executable), sys.prefix, os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    fields = [*own, *written, str(mask), str(len(arguments)), *arguments]
    data = b"\0".join([*map(os.fsencode, fields), *(name + b"=" + value for name, value in os.environb.items())])
    folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        passed = b"".join(number.to_bytes(4, sys.byteorder) for number in (*STREAMS, folder))
        ancillary = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, passed)]
        connection.sendmsg([len(data).to_bytes(8, "big")], ancillary)
        connection.sendall(data)
    finally:
        os.close(folder)


def _word(connection: object) -> tuple[bytes, int] | None:
    """The next that the fork server says: a letter and a number; None where it has gone."""
    import _socket

    assert isinstance(connection, _socket.socket)
    data = b""
    while len(data) < WORD:
        part = connection.recv(WORD - len(data))
        if not part:
            return None
        data += part
    return data[:1], int.from_bytes(data[1:], "big")


def _followed(connection: object, process: int) -> int:
    """Wait until the command has ended; Ctrl-C goes to the process that carries it out."""
    import _socket

    assert isinstance(connection, _socket.socket)
    while True:
        try:
            word = _word(connection)
        except KeyboardInterrupt:
            os.kill(process, 2)  # SIGINT; `signal` is not imported for it
            continue
        if word is None or word[0] != ENDED:
            raise Lost
        return word[1]


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"judge: {sentence}\n")
    return status
