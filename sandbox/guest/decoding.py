"""Frames into values. Every number is checked before anything is built from it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from .arrays import np
from .frames import (
    DTYPES,
    MOST_DIGITS,
    MOST_DIMENSIONS,
    MOST_KEYS,
    MOST_NESTING,
    MOST_SIZE,
    MOST_SMALL,
    MOST_VIEW_BYTES,
    Given,
    Handle,
    Opaque,
    ProtocolError,
)

# The C scanner itself, whatever user code makes of the classes of `json`.
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # typeshed does not list it


def _loads(text: str) -> Any:
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("no JSON") from None
    if end != len(text):
        raise ValueError("more than one value")
    return value


class Opened:
    """A frame of which nothing is built yet.

    Args:
        text: its JSON.
        payload: the bytes of its buffers.

    Attributes:
        node: the JSON of its tree.
        ranges: where each buffer begins and ends in the payload.

    Raises:
        ProtocolError: the text is no JSON of the right kind, or the buffers are not those that it names.
    """

    __slots__ = ("node", "payload", "ranges")

    def __init__(self, text: bytes, payload: bytes | bytearray) -> None:
        self.payload = payload
        try:
            body = _loads(text.decode())
            self.ranges = _ranges(body["buffers"], len(payload))
            self.node = body["tree"]
        except ProtocolError:
            raise
        except (ValueError, TypeError, LookupError, RuntimeError, AttributeError, ArithmeticError) as error:
            raise ProtocolError(f"malformed frame: {type(error).__name__}: {error}"[:300]) from None


class Decoder:
    """Builds the values that a frame's JSON describes, checking every number first.

    Args:
        torch: the module, or None: then tensors are refused.
    """

    def __init__(self, torch: Any) -> None:
        self._torch = torch

    def decode(self, text: bytes, payload: bytes | bytearray) -> Any:
        """The tree.

        Raises:
            ProtocolError: the frame is malformed in any way.
        """
        opened = Opened(text, payload)
        return self.build(opened, opened.node)

    def build(self, opened: Opened, node: Any) -> Any:
        """The value of one node of a frame.

        Raises:
            ProtocolError: it is malformed in any way.
        """
        payload = opened.payload
        self._ranges = opened.ranges
        self._bytes_of_all = payload if type(payload) is bytearray else bytearray(payload)
        self._payload = memoryview(payload)
        self._arrays: dict[int, bytearray] = {}
        self._memories: dict[int, Any] = {}
        self._objects: dict[int, Any] = {}
        try:
            return self._value(node, 0)
        except ProtocolError:
            raise
        except (ValueError, TypeError, LookupError, RuntimeError, AttributeError, ArithmeticError) as error:
            if "allocate" in str(error):
                raise MemoryError from None
            raise ProtocolError(f"malformed frame: {type(error).__name__}: {error}"[:300]) from None

    def _value(self, node: Any, depth: int) -> Any:
        if node is None or node is True or node is False:
            return node
        kind = type(node)
        if kind is str:
            return node if node.isascii() else _clean(node)
        if kind is int:
            return _small(node)
        if kind is not dict or depth > MOST_NESTING + 2:
            raise ProtocolError("malformed frame: unknown node")
        return _READERS[next(iter(node), "")](self, node, depth)

    def _tuple(self, node: Any, depth: int) -> tuple[Any, ...]:
        return tuple([self._value(item, depth + 1) for item in node["t"]])

    def _list(self, node: Any, depth: int) -> list[Any]:
        return [self._value(item, depth + 1) for item in node["l"]]

    def _named(self, node: Any, depth: int) -> dict[str, Any]:
        """A dict whose keys are text."""
        return {_clean(key): self._value(item, depth + 1) for key, item in node["m"].items()}

    def _dict(self, node: Any, depth: int) -> dict[Any, Any]:
        pairs = node["d"]
        keys = [_hashable(self._value(pair[0], depth + 1)) for pair in pairs]
        if len(keys) > MOST_KEYS and not all(type(key) is str for key in keys):
            raise ProtocolError("malformed frame: too many keys")
        return {key: self._value(value, depth + 1) for key, (_, value) in zip(keys, pairs, strict=True)}

    def _given(self, node: Any, depth: int) -> Given:
        return Given(str(node["g"]), self._named(node["p"], depth))

    def _bytes(self, number: Any) -> memoryview:
        start, end = self._range(number)
        return self._payload[start:end]

    def _range(self, number: Any) -> tuple[int, int]:
        """Where a buffer begins and ends in the payload."""
        if type(number) is not int or not 0 <= number < len(self._ranges):
            raise ProtocolError("malformed frame: no such buffer")
        return self._ranges[number]

    def _layout(self, node: Any, key: str) -> tuple[np.dtype[Any], tuple[int, ...], tuple[int, ...] | None, int, int]:
        """dtype, shape, strides, offset and the bytes of the buffer, all within bounds."""
        dtype = DTYPES.get(node["y"])
        shape, strides, offset = node["s"], node["r"], node["n"]
        if dtype is None or type(shape) is not list or len(shape) > MOST_DIMENSIONS or type(offset) is not int:
            raise ProtocolError("malformed frame: bad dtype or shape")
        for size in shape:
            if type(size) is not int or not 0 <= size <= MOST_SIZE:
                raise ProtocolError("malformed frame: bad shape")
        start, end = self._range(node[key])
        available = end - start
        if strides is None:
            if offset or math.prod(shape) * dtype.itemsize != available:
                raise ProtocolError("malformed frame: shape and bytes do not fit")
            return dtype, tuple(shape), None, 0, available
        if type(strides) is not list or len(strides) != len(shape):
            raise ProtocolError("malformed frame: bad strides")
        for stride in strides:
            if type(stride) is not int:
                raise ProtocolError("malformed frame: bad strides")
        if math.prod(shape) * dtype.itemsize > MOST_VIEW_BYTES:
            raise ProtocolError("malformed frame: a view too large")
        return dtype, tuple(shape), tuple(strides), offset, available

    def _array(self, node: Any, _depth: int) -> Any:
        number = node["u"]  # an object's own: what has it is that object
        if number in self._objects:
            return self._objects[number]
        dtype, shape, strides, offset, available = self._layout(node, "a")
        if node["a"] not in self._arrays:
            self._arrays[node["a"]] = bytearray(self._bytes(node["a"]))
        if strides is not None:
            _check_bounds(shape, strides, offset, dtype.itemsize, available)
        result = np.ndarray(shape, dtype, self._arrays[node["a"]], offset, strides)
        self._objects[number] = result
        return result

    def _tensor(self, node: Any, _depth: int) -> Any:
        torch = self._torch
        if torch is None:
            raise ProtocolError("malformed frame: a tensor where arrays are used")
        number = node["u"]
        if number in self._objects:
            return self._objects[number]
        dtype, shape, strides, offset, available = self._layout(node, "x")
        kind = getattr(torch, node["y"])
        if math.prod(shape) == 0:
            result = torch.empty(shape, dtype=kind)
        else:
            flat = self._flat(node["x"], kind, dtype.itemsize)
            if strides is None:
                result = flat.view(shape)
            else:
                in_bytes = [stride * dtype.itemsize for stride in strides]
                _check_bounds(shape, in_bytes, offset * dtype.itemsize, dtype.itemsize, available)
                result = flat.as_strided(shape, strides, offset)
        self._objects[number] = result
        return result

    def _flat(self, number: int, kind: Any, itemsize: int) -> Any:
        """The whole items of a buffer as one dimension; every view of a buffer shares its memory."""
        torch = self._torch
        memory = self._memories.get(number)
        if memory is None:
            start, end = self._range(number)
            # Bytes first: what is read in place as numbers must lie where such numbers may, and the copy does.
            there = torch.frombuffer(self._bytes_of_all, dtype=torch.uint8, count=end - start, offset=start)
            self._memories[number] = memory = there.clone()
        odd = len(memory) % itemsize
        return (memory[:-odd] if odd else memory).view(kind)

    def _opaque(self, node: Any, _depth: int) -> Opaque:
        shape = None if node["s"] is None else tuple(int(size) for size in node["s"])[:MOST_DIMENSIONS]
        dtype = None if node["y"] is None else str(node["y"])[:100]
        return Opaque(_clean(str(node["o"])[:200]), _clean(str(node["w"])[:500]), shape, dtype)


# A node says by the name of its first field what it is.
_READERS: dict[str, Callable[[Decoder, Any, int], Any]] = {
    "x": Decoder._tensor,
    "a": Decoder._array,
    "i": lambda _, node, depth: _integer(node["i"]),
    "f": lambda _, node, depth: float.fromhex(node["f"]),
    "t": Decoder._tuple,
    "l": Decoder._list,
    "m": Decoder._named,
    "d": Decoder._dict,
    "h": lambda _, node, depth: Handle(str(node["h"]), tuple(int(item) for item in node["p"])),
    "g": Decoder._given,
    "b": lambda decoder, node, depth: bytes(decoder._bytes(node["b"])),
    "o": Decoder._opaque,
}


def _clean(text: str) -> str:
    """The text with lone surrogates, which no encoding can write, shown as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _small(number: int) -> int:
    if not -MOST_SMALL <= number <= MOST_SMALL:
        raise ProtocolError("malformed frame: bad number")
    return number


def _integer(digits: Any) -> int:
    if type(digits) is not str or len(digits) > MOST_DIGITS:
        raise ProtocolError("malformed frame: bad number")
    return int(digits)


def _hashable(key: Any) -> Any:
    if not isinstance(key, (str, int, float, bool, bytes, type(None))):
        raise ProtocolError("malformed frame: bad key")
    return key


def _ranges(lengths: Any, total: int) -> list[tuple[int, int]]:
    """Start and end of each buffer in the payload; they must fill it exactly."""
    ranges, start = [], 0
    for length in lengths:
        if type(length) is not int or length < 0:
            raise ProtocolError("malformed frame: bad buffer length")
        ranges.append((start, start + length))
        start += length
    if start != total:
        raise ProtocolError("malformed frame: buffers and bytes do not fit")
    return ranges


def _check_bounds(shape: Any, strides: Any, offset: int, itemsize: int, available: int) -> None:
    """Every element of the view lies in the buffer. All numbers in bytes."""
    low = high = offset
    for size, stride in zip(shape, strides, strict=True):
        low += min(0, (size - 1) * stride)
        high += max(0, (size - 1) * stride)
    if 0 in shape:
        low = high = 0
        itemsize = 0
    if low < 0 or high + itemsize > available:
        raise ProtocolError("malformed frame: a view outside its buffer")
