"""What is asked of a run: programs, each made into bytes once for every door that it goes through."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Protocol

import msgspec

from sandbox.guest.wire import Opened, body


class Recogniser(Protocol):
    """Knows answers that need not be looked at, so that nothing need be built from them."""

    def knows(self, program: int, opened: Opened) -> bool:
        """Whether this answer to a program, of those that were asked together, is one of them. Never raises."""


class EncodedProgram(msgspec.Struct, frozen=True, array_like=True):
    """A program as a run reads it.

    Attributes:
        steps: how many it has.
        text: its JSON, see `sandbox.guest.wire`.
        payload: the bytes of the arrays in it.
    """

    steps: int
    text: memoryview
    payload: memoryview


def encoded(program: Sequence[dict[str, Any]], torch: Any) -> EncodedProgram:
    """A program, encoded.

    Args:
        program: a list of steps, as `sandbox.guest.interpreter` reads them.
        torch: the module where tensors are exchanged, or None for NumPy arrays and plain values.
    """
    text, payload = body(list(program), torch, keep_layout=True)
    return EncodedProgram(len(program), memoryview(text), memoryview(payload))


class Asking:
    """Programs that go through a door in one message.

    Args:
        programs: encoded already.
        keep: the handles of the programs before are still there.
        recogniser: knows some of the answers.
    """

    def __init__(
        self, programs: Sequence[EncodedProgram], *, keep: bool = False, recogniser: Recogniser | None = None
    ) -> None:
        self.programs = programs
        self.recogniser = recogniser
        self._keep = keep

    @classmethod
    def of(cls, programs: Iterable[Sequence[dict[str, Any]]], torch: Any, *, keep: bool = False) -> Asking:
        """Programs as lists of steps."""
        return cls([encoded(program, torch) for program in programs], keep=keep)

    @property
    def lengths(self) -> Sequence[int]:
        """How many steps each program has."""
        return [program.steps for program in self.programs]

    @cached_property
    def body(self) -> tuple[bytes, bytes]:
        """The message without its head."""
        return message(self.programs, keep=self._keep)


def message(programs: Sequence[EncodedProgram], **more: Any) -> tuple[bytes, bytes]:
    """A message without its head: the programs, and what the run must be told besides, plain values of JSON.

    Each program is two buffers. The run decodes it when its turn comes.
    """
    parts = [part for program in programs for part in (program.text, program.payload)]
    told, _ = body({**more, "programs": None}, None, keep_layout=True)
    tree = json.loads(told)["tree"]
    tree["m"]["programs"] = {"l": [{"t": [{"b": 2 * n}, {"b": 2 * n + 1}]} for n in range(len(programs))]}
    text = json.dumps({"tree": tree, "buffers": [len(part) for part in parts]}, separators=(",", ":"))
    return text.encode(), b"".join(parts)


def step_by_step(program: Iterable[dict[str, Any]], torch: Any) -> list[Asking]:
    """The steps of one program, each in a message of its own."""
    return [Asking.of([[step]], torch, keep=place > 0) for place, step in enumerate(program)]
