"""Frames: how steps and answers travel through the door, as JSON and raw buffers. Used on both sides.

A frame is a head (key, sequence number, two lengths), a JSON text, and the bytes of the arrays in it. Arrays keep dtype,
shape, strides and aliasing: two views of one buffer arrive as two views of one buffer, one object as one object.
The reader checks every number before it allocates anything.
"""

from .decoding import Decoder, Opened
from .encoding import Encoder, body, pack
from .frames import DTYPES, HEAD, OUT_OF_MEMORY, READY, Given, Handle, Opaque, ProtocolError, unpack_head

__all__ = [
    "DTYPES",
    "HEAD",
    "OUT_OF_MEMORY",
    "READY",
    "Decoder",
    "Encoder",
    "Given",
    "Handle",
    "Opaque",
    "Opened",
    "ProtocolError",
    "body",
    "pack",
    "unpack_head",
]
