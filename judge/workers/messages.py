"""What is said to a process that judges, and what it says: plain data in frames, a length before each."""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import StrEnum

import msgspec

from judge.configuration import Configuration
from judge.verdict import Verdict
from problems import Problem

LENGTH = struct.Struct(">I")
MOST_BYTES = 1 << 28


class ChannelError(Exception):
    """What came is no message."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and within which limits a file runs: the part of the configuration that judging looks at.

    Attributes:
        sandbox: kind of sandbox.
        own_code: the file is the user's own: "auto" may fall back to `process`.
        call_seconds: in place of the problem's own limit; so are the others.
    """

    sandbox: str = "auto"
    own_code: bool = True
    call_seconds: float | None = None
    run_seconds: float | None = None
    memory_mib: int | None = None
    output_kib: int | None = None

    def limits(self) -> Configuration:
        """The limits as judging takes them."""
        return Configuration(
            call_seconds=self.call_seconds,
            run_seconds=self.run_seconds,
            memory_mib=self.memory_mib,
            output_kib=self.output_kib,
        )


def settings_of(configuration: Configuration, *, own_code: bool) -> Settings:
    """What a process that judges is told of the configuration."""
    names = ("sandbox", "call_seconds", "run_seconds", "memory_mib", "output_kib")
    return Settings(own_code=own_code, **{name: getattr(configuration, name) for name in names})


class Chosen(msgspec.Struct, frozen=True):
    """A problem that was found already: its folder, its reference, its pack."""

    folder: str
    reference: str
    pack: str


def chosen(problem: Problem) -> Chosen:
    """How another process finds this problem."""
    return Chosen(str(problem.folder.absolute()), str(problem.reference.absolute()), problem.pack)


class Warm(msgspec.Struct, frozen=True, tag=True):
    """Begin to start what runs of this framework need."""

    settings: Settings
    framework: str = "torch"


class Task(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A file to judge.

    Attributes:
        number: by which the answers name it.
        source: the bytes of the file.
        filename: as shown to the user and in tracebacks.
        stem: tells the problem where nothing else does.
        problem: found already, or by a name in the catalogue; None: told from the stem or from what the file defines.
        framework: "torch", "numpy" or "python"; None: told from what the file imports.
        packs: folders of further problems.
        seed: all cases follow from it.
        any_seed: this one was only drawn: another one, for which the cases are ready, is as good.
        settings: where and within which limits.
        keep: keep the cases and what is right, for the next file that is judged with this seed.
        follow: by which this file is known from save to save: then the case that failed last is tried again. "": not followed.
        cost: measure the reference where the file is accepted.
    """

    number: int
    source: bytes
    filename: str
    stem: str = ""
    problem: Chosen | str | None = None
    framework: str | None = None
    packs: tuple[str, ...] = ()
    seed: int
    any_seed: bool = False
    settings: Settings
    keep: bool = False
    follow: str = ""
    cost: bool = True


class Ahead(msgspec.Struct, frozen=True, tag=True):
    """Prepare the cases of this seed while nothing else is to be done."""

    problem: Chosen
    framework: str
    seed: int
    settings: Settings


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Nobody waits for this task any more."""

    number: int


class Ready(msgspec.Struct, frozen=True, tag=True):
    """All is imported."""


class Alive(msgspec.Struct, frozen=True, tag=True):
    """Said every second while there is something to do."""


class Stage(msgspec.Struct, frozen=True, tag=True):
    """What is being done, in a few words."""

    number: int
    text: str


class Noticed(msgspec.Struct, frozen=True, tag=True):
    """The verdict's kind is known: the first check that fails, before its smallest failing input and the mistake are.

    Attributes:
        number: of the task.
        verdict: its kind.
        check: that fails.
        sentence: what was found.
    """

    number: int
    verdict: str
    check: str
    sentence: str


class Done(msgspec.Struct, frozen=True, tag=True):
    """The verdict.

    Attributes:
        number: of the task.
        data: the verdict as JSON, `cost` included.
        earlier: of a file that is followed: "fixed" where the case that failed last no longer does, "still" where it does; else "".
    """

    number: int
    data: bytes
    earlier: str = ""

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return msgspec.json.decode(self.data, type=Verdict)


class Trouble(StrEnum):
    """Why there is no verdict."""

    USAGE = "usage"
    PROBLEM = "problem"
    SANDBOX = "sandbox"
    FAILURE = "failure"


class Refused(msgspec.Struct, frozen=True, tag=True):
    """There is no verdict; why, in a sentence."""

    number: int
    trouble: Trouble
    sentence: str


class Cancelled(msgspec.Struct, frozen=True, tag=True):
    """The task was given up."""

    number: int


Order = Warm | Task | Ahead | Cancel
Word = Ready | Alive | Stage | Noticed | Done | Refused | Cancelled

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
