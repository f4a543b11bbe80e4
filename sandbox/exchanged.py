"""What was sent to a run, and what a frame says that came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from sandbox.asking import Recogniser
from sandbox.fields import ReplyFields
from sandbox.guest.wire import Decoder, Opened, ProtocolError


class Posted(msgspec.Struct, frozen=True):
    """What was sent, and is to be answered.

    Attributes:
        sequence: number of its frame.
        lengths: how many steps each program has.
        recogniser: knows some of the answers.
    """

    sequence: int
    lengths: Sequence[int]
    recogniser: Recogniser | None


class Tree(msgspec.Struct, frozen=True):
    """What a frame says.

    Attributes:
        fields: its fields; of an answer that was recognised, those that every answer has.
        read: all of them.
        recognised: whether it was.
    """

    fields: dict[str, Any]
    read: Callable[[], dict[str, Any]]
    recognised: bool


def recognised_tree(opened: Opened, torch: Any) -> Tree:
    """An answer of which nothing is built but what every answer has.

    Raises:
        ProtocolError: that is malformed.
    """
    nodes = opened.node["m"]
    common = {name: nodes[name] for name in ReplyFields.__struct_fields__ if name in nodes}
    fields = Decoder(torch).build(opened, {"m": common})

    def read() -> dict[str, Any]:
        try:
            found: dict[str, Any] = Decoder(torch).build(opened, opened.node)
        except ProtocolError as error:
            raise ValueError(str(error)) from error
        return found

    return Tree(fields, read, recognised=True)
