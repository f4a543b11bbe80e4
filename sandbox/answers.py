"""What comes back through the door, checked and as plain data."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec


class Frame(msgspec.Struct, frozen=True):
    """A line of the user's file that an exception passed through."""

    line: int
    function: str


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """User code raised an exception.

    Attributes:
        type_name: its class.
        bases: the names of its class and of the classes it comes from.
        message: cut at a limit, unescaped.
        memory: an allocation was refused.
        frames: the user's own, outermost first.
        missing_module: for an ImportError, the module.
        syntax: for a SyntaxError, its line, column and message.
    """

    type_name: str
    bases: tuple[str, ...]
    message: str
    memory: bool
    frames: tuple[Frame, ...]
    missing_module: str = ""
    syntax: tuple[int, int, str] | None = None


class PartFault(msgspec.Struct, frozen=True):
    """An object that user code made lacks a part, or has it in the wrong shape.

    Attributes:
        missing: there is no such part; else its kind or shape is wrong.
        message: a sentence to the user.
    """

    missing: bool
    message: str


class Reply(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The answer of one step: exactly one of `value`s, `raised` and `part` speaks.

    Attributes:
        step: its place in the program.
        read: makes `fields`.
        recognised: it is one of those that the question's recogniser knows.
        raised: the exception that ended it.
        part: what the object lacks.
        cpu_seconds: CPU time of the process since the reply before, read from outside; None where it can't be.
    """

    step: int
    read: Callable[[], dict[str, Any]]
    recognised: bool = False
    raised: Raised | None = None
    part: PartFault | None = None
    cpu_seconds: float | None = None

    @cached_property
    def fields(self) -> dict[str, Any]:
        """What the step returned, by the interpreter's names ("value", "echo", "inputs", "parameters").

        Raises:
            ValueError: it is one that was recognised, and a field that nobody cares for can't be read.
        """
        return self.read()


class EndKind(StrEnum):
    """Why a run ended before it had answered everything."""

    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    CRASHED = "crashed"
    EXITED = "exited"
    FORBIDDEN = "forbidden"
    VIOLATION = "violation"


class End(msgspec.Struct, frozen=True, kw_only=True):
    """A run ended early.

    Attributes:
        kind: why.
        message: what happened, in words to the user.
        program: the program it happened in, counted within the message; -1 while loading.
        everywhere: what was used is forbidden in every problem.
    """

    kind: EndKind
    message: str
    program: int = -1
    everywhere: bool = False


class EntryFault(msgspec.Struct, frozen=True):
    """An entry point is missing or can't be used: its name, the kind of fault, details."""

    name: str
    fault: str
    detail: str


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What loading a file found.

    Attributes:
        defined: functions and classes that the file itself defines.
        faults: what is wrong with the entry points.
        raised: what the file raised.
        absent: packages that it imports and that are not there; the imports were left out.
        end: how the process ended.
    """

    defined: tuple[str, ...] = ()
    faults: tuple[EntryFault, ...] = ()
    raised: Raised | None = None
    absent: tuple[str, ...] = ()
    end: End | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one run may use.

    Attributes:
        call_seconds: for each answer.
        run_seconds: for all of a run.
        memory_bytes: beyond what the interpreter and its libraries take.
        output_bytes: of standard output and error, kept; what is beyond is thrown away and counted.
        answer_bytes: of one answer.
    """

    call_seconds: float = 10.0
    run_seconds: float = 60.0
    memory_bytes: int = 2 << 30
    output_bytes: int = 1 << 20
    answer_bytes: int = 256 << 20
