"""What is said to a process that judges, and what it says: plain data in frames, a length before each."""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec

from judge.service.requests import Chosen, Event, Request, Settings
from problems import Framework
from problems.frameworks import USUAL

LENGTH = struct.Struct(">I")
MOST_BYTES = 1 << 28


class ChannelError(Exception):
    """What came is no message."""


class Warm(msgspec.Struct, frozen=True, tag=True):
    """Begin to start what runs of this framework need."""

    settings: Settings
    framework: Framework = USUAL


class Submit(msgspec.Struct, frozen=True, tag=True):
    """Judge a file; its seed is given. The answers bear the number."""

    number: int
    request: Request


class Ahead(msgspec.Struct, frozen=True, tag=True):
    """Prepare the cases of this seed, or without one those of seeds that the next requests may take, while nothing else is to be done."""

    problem: Chosen
    framework: str
    seed: int | None
    settings: Settings


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Nobody waits for this request any more."""

    number: int


class Ready(msgspec.Struct, frozen=True, tag=True):
    """All is imported."""


class Alive(msgspec.Struct, frozen=True, tag=True):
    """Said every second while there is something to do."""


Order = Warm | Submit | Ahead | Cancel
Word = Ready | Alive | Event

_encoder = msgspec.msgpack.Encoder()
_orders = msgspec.msgpack.Decoder(Order)
_words = msgspec.msgpack.Decoder(Word)


def frame(message: object) -> bytes:
    """A message as it is sent."""
    data = _encoder.encode(message)
    return LENGTH.pack(len(data)) + data


def read_frame(read: Callable[[int], bytes], most_bytes: int = MOST_BYTES) -> bytes | None:
    """The next message's bytes; None at the end, also in the middle of a message.

    Args:
        read: gives so many bytes, or fewer at the end.
        most_bytes: that a message may have.

    Raises:
        ChannelError: it is longer.
    """
    head = read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    if size > most_bytes:
        raise ChannelError(f"a message of {size:,} bytes")
    data = read(size)
    return data if len(data) == size else None


def read_order(read: Callable[[int], bytes]) -> Order | None:
    """The next order; None at the end."""
    data = read_frame(read)
    return None if data is None else _orders.decode(data)


def read_word(read: Callable[[int], bytes]) -> Word | None:
    """The next word; None at the end."""
    data = read_frame(read)
    return None if data is None else _words.decode(data)
