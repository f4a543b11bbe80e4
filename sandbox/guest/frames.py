"""What a frame is made of, and how much of it there may be. Known on both sides of the door."""

from __future__ import annotations

import struct
from typing import Any

from .arrays import np

HEAD = struct.Struct("<16sQQQ")  # key, sequence, bytes of JSON, bytes of arrays
READY = HEAD.pack(
    bytes(16), 0, 0, 0
)  # what a run says first, before it is told the key: it is confined, and has seen no user code
OUT_OF_MEMORY = 90  # exit status of a run that had not even the memory to read the next frame
MOST_JSON_BYTES = 16 << 20
MOST_NESTING = 24
MOST_DIMENSIONS = 32
MOST_SIZE = 1 << 48  # of a dimension
MOST_SMALL = (1 << 63) - 1  # of an integer that stands in the JSON as it is
MOST_DIGITS = 1_300  # of an integer: 4,096 bits
MOST_ITEMS = 20_000  # of all containers in a field of an answer
MOST_KEYS = 2_000  # of a dict whose keys are not all text: others can be chosen to collide
MOST_LETTERS = 1 << 19  # of all texts in a field of an answer; one letter may take twelve bytes of JSON
MOST_VIEW_BYTES = 1 << 30  # of an array that repeats its elements, if they were written out

DTYPES: dict[str, np.dtype[Any]] = (
    {}
    if np is None
    else {
        "float32": np.dtype(np.float32),
        "float64": np.dtype(np.float64),
        "float16": np.dtype(np.float16),
        "int8": np.dtype(np.int8),
        "int16": np.dtype(np.int16),
        "int32": np.dtype(np.int32),
        "int64": np.dtype(np.int64),
        "uint8": np.dtype(np.uint8),
        "uint16": np.dtype(np.uint16),
        "uint32": np.dtype(np.uint32),
        "uint64": np.dtype(np.uint64),
        "bool": np.dtype(np.bool_),
        "complex64": np.dtype(np.complex64),
        "complex128": np.dtype(np.complex128),
        "bfloat16": np.dtype(np.int16),
    }
)


class ProtocolError(Exception):
    """A frame that is not one: too long, cut off, or naming things that can't be."""


class Handle:
    """An earlier result inside the sandbox, or an item of it: `Handle("out", (1, 0))` is `out[1][0]`."""

    __slots__ = ("name", "path")

    def __init__(self, name: str, path: tuple[int, ...] = ()) -> None:
        self.name = name
        self.path = path


class Given:
    """A function that the judge supplies, as data: `sandbox.guest.given` makes it from its kind and its fields."""

    __slots__ = ("fields", "kind")

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        self.kind = kind
        self.fields = fields


class Opaque:
    """Something that came back and is no array, number, text or container of them.

    Attributes:
        type_name: as the user would write it, "MyTensor".
        why: what it is, in words that follow "returned ".
        shape: where it is an array whose contents could not travel, its shape; else None.
        dtype: likewise.
    """

    __slots__ = ("dtype", "shape", "type_name", "why")

    def __init__(
        self, type_name: str, why: str, shape: tuple[int, ...] | None = None, dtype: str | None = None
    ) -> None:
        self.type_name = type_name
        self.why = why
        self.shape = shape
        self.dtype = dtype


def unpack_head(head: bytes | bytearray, *, most_bytes: int) -> tuple[bytes, int, int, int]:
    """Key, sequence number, bytes of JSON, bytes of arrays.

    Raises:
        ProtocolError: a length is beyond what is granted.
    """
    key, sequence, text_bytes, payload_bytes = HEAD.unpack(head)
    if text_bytes > MOST_JSON_BYTES or payload_bytes > most_bytes:
        raise ProtocolError("a frame longer than is granted")
    return key, sequence, text_bytes, payload_bytes
