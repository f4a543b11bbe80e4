"""What is said at the socket of the resident judge, in the same frames as to a process that judges."""

from __future__ import annotations

import socket
from enum import StrEnum

import msgspec

from judge.service.messages import Alive, frame, read_frame
from judge.service.requests import Event, Request

MOST_BYTES = 1 << 26


class Ask(msgspec.Struct, frozen=True, tag=True):
    """Judge this. The client's identity and the stamp of the problem's files come with it."""

    identity: str
    stamp: str
    request: Request


class AskStatus(msgspec.Struct, frozen=True, tag=True):
    """How are you?"""


class AskStop(msgspec.Struct, frozen=True, tag=True):
    """End."""


class Why(StrEnum):
    """Why a file is not judged here."""

    STALE = "it is of another version or environment, or the problem's files have changed; it is replaced"
    BUSY = "it is judging another file"
    ENDING = "it is ending"
    LOST = "its process that judges has ended in the middle"


class Turned(msgspec.Struct, frozen=True, tag=True):
    """The file is not judged here; why."""

    why: Why


class Status(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How the resident judge is.

    Attributes:
        pid: of the process that is reached by the socket.
        worker_pid: of the one that judges; 0 where it is being started.
        ready: whether that one has loaded everything.
        busy: whether a file is being judged.
        judged: files so far.
        age_seconds: since it began.
        idle_seconds: until it ends by itself, where nobody asks for anything.
        resident_bytes: memory of both, and of the fork server.
        identity: of its code and environment.
    """

    pid: int
    worker_pid: int
    ready: bool
    busy: bool
    judged: int
    age_seconds: float
    idle_seconds: float
    resident_bytes: int
    identity: str


class Stopping(msgspec.Struct, frozen=True, tag=True):
    """It ends now."""


ResidentRequest = Ask | AskStatus | AskStop
Reply = Event | Alive | Turned | Status | Stopping

_asked = msgspec.msgpack.Decoder(ResidentRequest)
_replies = msgspec.msgpack.Decoder(Reply)


def send(connection: socket.socket, message: ResidentRequest | Reply) -> None:
    """Send a message whole.

    Raises:
        OSError: nobody takes it.
    """
    connection.sendall(frame(message))


def receive_asked(connection: socket.socket) -> ResidentRequest | None:
    """What a client asks; None at the end."""
    data = read_frame(lambda count: _exactly(connection, count), MOST_BYTES)
    return None if data is None else _asked.decode(data)


def receive_reply(connection: socket.socket) -> Reply | None:
    """The next reply; None at the end."""
    data = read_frame(lambda count: _exactly(connection, count), MOST_BYTES)
    return None if data is None else _replies.decode(data)


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count and (part := connection.recv(min(count - len(data), 1 << 20))):
        data += part
    return bytes(data)
