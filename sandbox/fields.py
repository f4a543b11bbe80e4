"""The fields of the guest's frames and their types: whatever else comes is malformed, and nothing is done with it."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.answers import Frame, Raised


class FrameFields(msgspec.Struct):
    """A line that an exception passed through."""

    line: int
    function: str


class SyntaxFields(msgspec.Struct):
    """Where a file does not parse."""

    line: int
    column: int
    message: str


class RaisedFields(msgspec.Struct):
    """An exception as the guest describes it (`sandbox.guest.faults`)."""

    type: str
    bases: list[str]
    message: str
    memory: bool
    frames: list[FrameFields]
    missing: str = ""
    syntax: SyntaxFields | None = None


class FaultFields(msgspec.Struct):
    """What is wrong with an entry point."""

    name: str
    fault: str
    detail: str


class LoadFields(msgspec.Struct):
    """The answer to loading (`sandbox.guest.agent`)."""

    raised: RaisedFields | None = None
    defined: list[str] = []
    faults: list[FaultFields] = []
    absent: list[str] = []


class ReplyFields(msgspec.Struct):
    """What every answer to a step holds beside its values."""

    program: int
    step: int
    last: bool
    raised: RaisedFields | None = None
    part: tuple[str, str] | None = None


MALFORMED = (msgspec.ValidationError, TypeError, ValueError, OverflowError, RuntimeError, RecursionError)


def read_fields(fields: dict[Any, Any], kind: type[Any]) -> Any:
    """Those of a frame's fields that a struct names, of just the types that it names.

    Raises:
        One of MALFORMED: one is missing or of another type.
    """
    named = {name: fields[name] for name in kind.__struct_fields__ if name in fields}
    return msgspec.convert(named, kind, strict=True)


def raised_of(fields: RaisedFields) -> Raised:
    """A checked exception, cut."""
    syntax = fields.syntax
    return Raised(
        type_name=fields.type[:200],
        bases=tuple(base[:200] for base in fields.bases[:20]),
        message=fields.message[:4000],
        memory=fields.memory,
        frames=tuple(Frame(frame.line, frame.function[:200]) for frame in fields.frames[:40]),
        missing_module=fields.missing[:200],
        syntax=None if syntax is None else (syntax.line, syntax.column, syntax.message[:500]),
    )
