"""Frames: how steps and answers travel through the door, as JSON and raw buffers. Used on both sides.

A frame is a head (key, sequence number, two lengths), a JSON text, and the bytes of the arrays in it. Arrays keep dtype,
shape, strides and aliasing: two views of one buffer arrive as two views of one buffer, one object as one object.
The reader checks every number before it allocates anything.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

HEAD = struct.Struct("<16sQQQ")  # key, sequence, bytes of JSON, bytes of arrays
MOST_JSON_BYTES = 64 << 20
MOST_NESTING = 24
MOST_DIMENSIONS = 32
MOST_TEXT = 1 << 20

DTYPES = {
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

_dumps = json.JSONEncoder(allow_nan=False, separators=(",", ":"), check_circular=False).encode
_loads = json.JSONDecoder().decode


class ProtocolError(Exception):
    """A frame that is not one: too long, cut off, or naming things that can't be."""


class Handle:
    """An earlier result inside the sandbox, or an item of it: `Handle("out", (1, 0))` is `out[1][0]`."""

    __slots__ = ("name", "path")

    def __init__(self, name: str, path: tuple[int, ...] = ()) -> None:
        self.name = name
        self.path = path


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


class Encoder:
    """Turns one tree of values into JSON and buffers.

    Args:
        torch: the module, or None where it is not loaded.
        keep_layout: send strides and shared buffers as they are (towards the sandbox); else the elements in C order.
        most_bytes: arrays above this, together, travel without contents, as `Opaque`.
    """

    def __init__(self, torch: Any, *, keep_layout: bool, most_bytes: int = 256 << 20) -> None:
        self._torch = torch
        self._keep = keep_layout
        self._left = most_bytes
        self._buffers: list[bytes] = []
        self._storages: dict[int, int] = {}
        self._seen: dict[int, list[Any]] = {}
        self._alive: list[Any] = []

    def encode(self, tree: Any) -> tuple[bytes, list[bytes]]:
        """The JSON of the tree, and the buffers it names by number."""
        node = self._node(tree, 0)
        text = _dumps({"tree": node, "buffers": [len(buffer) for buffer in self._buffers]})
        return text.encode(), self._buffers

    def _node(self, value: Any, depth: int) -> Any:  # noqa: PLR0911
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return value if len(value) <= MOST_TEXT else value[:MOST_TEXT]
        if kind is int:
            return {"i": str(value)} if value.bit_length() <= 4096 else self._opaque("int", "an integer of huge size")
        if kind is float:
            return {"f": value.hex()}
        if kind is bytes:
            return {"b": self._buffer(value)}
        if kind is Handle:
            return {"h": value.name, "p": list(value.path)}
        if kind is Opaque:
            return self._opaque(value.type_name, value.why, value.shape, value.dtype)
        if depth > MOST_NESTING:
            return self._opaque(kind.__name__, "a container nested too deeply")
        if isinstance(value, tuple):
            return {"t": [self._node(item, depth + 1) for item in tuple.__iter__(value)]}
        if kind is list:
            return {"l": [self._node(item, depth + 1) for item in list(value)]}
        if kind is dict:
            return {"d": [[self._node(k, depth + 1), self._node(v, depth + 1)] for k, v in dict.items(value)]}
        if kind is np.ndarray:
            return self._array(value)
        if isinstance(value, np.generic):
            return self._opaque(kind.__name__, f"a NumPy scalar ({kind.__name__}), not an array", (), str(value.dtype))
        if self._torch is not None and (kind is self._torch.Tensor or kind is self._torch.nn.Parameter):
            return self._tensor(value)
        return self._opaque(*describe(value, self._torch))

    @staticmethod
    def _opaque(type_name: str, why: str, shape: tuple[int, ...] | None = None, dtype: str | None = None) -> Any:
        return {"o": type_name[:200], "w": why[:500], "s": None if shape is None else list(shape), "y": dtype}

    def _buffer(self, data: bytes) -> int:
        self._buffers.append(data)
        self._left -= len(data)
        return len(self._buffers) - 1

    def _storage(self, key: int, size: int, read: Callable[[], bytes]) -> int:
        if key not in self._storages or size == 0:
            self._storages[key] = self._buffer(read())
        return self._storages[key]

    def _array(self, array: np.ndarray[Any, Any]) -> Any:
        name = array.dtype.name
        if name not in DTYPES:
            return self._opaque("ndarray", f"an array of dtype {array.dtype}", array.shape, str(array.dtype))
        if array.nbytes > self._left:
            return self._opaque("ndarray", "an array too large to be sent", array.shape, name)
        if id(array) in self._seen:
            return self._seen[id(array)]
        self._alive.append(array)
        if self._keep and array.size:
            base, offset = _root_of(array)
            key = base.__array_interface__["data"][0]
            number = self._storage(key, base.nbytes, lambda: base.tobytes("A"))
            node = {"a": number, "y": name, "s": list(array.shape), "r": list(array.strides), "n": offset}
        else:
            node = {"a": self._buffer(array.tobytes()), "y": name, "s": list(array.shape), "r": None, "n": 0}
        self._seen[id(array)] = node  # type: ignore[assignment]
        return node

    def _tensor(self, tensor: Any) -> Any:
        torch = self._torch
        name = str(tensor.dtype).removeprefix("torch.")
        shape = tuple(tensor.shape)
        why = _unreadable(tensor, torch)
        if why or name not in DTYPES:
            return self._opaque("Tensor", why or f"a tensor of dtype {name}", shape, name)
        if id(tensor) in self._seen:
            return self._seen[id(tensor)]
        self._alive.append(tensor)
        plain = tensor.detach().resolve_conj().resolve_neg()
        if self._keep and plain.numel():
            storage = plain.untyped_storage()
            number = self._storage(storage.data_ptr(), storage.nbytes(), lambda: _storage_bytes(storage, torch))
            node = {"x": number, "y": name, "s": list(shape), "r": list(plain.stride()), "n": plain.storage_offset()}
        elif plain.numel() * plain.element_size() > self._left:
            return self._opaque("Tensor", "a tensor too large to be sent", shape, name)
        else:
            dense = plain.contiguous()
            raw = dense.view(torch.int16) if name == "bfloat16" else dense
            node = {"x": self._buffer(raw.numpy().tobytes()), "y": name, "s": list(shape), "r": None, "n": 0}
        self._seen[id(tensor)] = node  # type: ignore[assignment]
        return node


def _unreadable(tensor: Any, torch: Any) -> str:
    """Why the elements of a tensor can't be read as they are, in words that follow "returned "; "" where they can."""
    if tensor.layout is not torch.strided:
        return f"a sparse tensor ({tensor.layout})"
    if tensor.device.type != "cpu":
        return f"a tensor on the device {tensor.device.type!r}, which holds no values here"
    if tensor.is_quantized:
        return "a quantized tensor"
    if tensor.is_nested:
        return "a nested tensor"
    return ""


def _storage_bytes(storage: Any, torch: Any) -> bytes:
    """The bytes of an untyped storage."""
    data: bytes = torch.empty(0, dtype=torch.uint8).set_(storage).numpy().tobytes()
    return data


def _root_of(array: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], int]:
    """A contiguous array that spans this one's memory, and the offset of this one's first element in it, in bytes."""
    root = array
    while isinstance(root.base, np.ndarray):
        root = root.base
    if not (root.flags.c_contiguous or root.flags.f_contiguous):
        root = _span(root)
    return root, array.__array_interface__["data"][0] - root.__array_interface__["data"][0]


def _span(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The elements from the lowest to the highest address of an array, as one dimension."""
    upwards = array[tuple(slice(None, None, -1 if stride < 0 else 1) for stride in array.strides)]
    last = sum((size - 1) * stride for size, stride in zip(upwards.shape, upwards.strides, strict=True))
    return np.lib.stride_tricks.as_strided(upwards, (last // array.itemsize + 1,), (array.itemsize,))


def describe(value: Any, torch: Any) -> tuple[str, str]:
    """Type name and words for a value that can't be sent. Calls nothing of the value's own."""
    name = type(value).__name__
    if torch is not None and issubclass(type(value), torch.Tensor):
        return name, f"a {name}, a subclass of Tensor; a plain Tensor is asked for"
    if issubclass(type(value), np.ndarray):
        return name, f"a {name}, a subclass of ndarray; a plain ndarray is asked for"
    if name == "coroutine":
        return name, "a coroutine: an `async def` has to be awaited, a plain function is asked for"
    if name in {"generator", "async_generator"}:
        return name, "a generator: the function uses `yield` where it should use `return`"
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return name, f"{article} {name}"


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
        try:
            body = _loads(text.decode())
            lengths = body["buffers"]
            self._ranges = _ranges(lengths, len(payload))
            self._payload = memoryview(payload)
            self._cache: dict[int, Any] = {}
            self._objects: dict[str, Any] = {}
            return self._value(body["tree"], 0)
        except ProtocolError:
            raise
        except (ValueError, TypeError, KeyError, IndexError, RecursionError, AttributeError, OverflowError) as error:
            raise ProtocolError(f"malformed frame: {type(error).__name__}: {error}"[:300]) from None

    def _value(self, node: Any, depth: int) -> Any:  # noqa: PLR0911
        if node is None or node is True or node is False:
            return node
        if type(node) is str:
            return _clean(node)
        if type(node) is not dict or depth > MOST_NESTING + 2:
            raise ProtocolError("malformed frame: unknown node")
        if "x" in node:
            return self._tensor(node)
        if "a" in node:
            return self._array(node)
        if "i" in node:
            return int(str(node["i"])[:1400])
        if "f" in node:
            return float.fromhex(node["f"])
        if "t" in node:
            return tuple(self._value(item, depth + 1) for item in node["t"])
        if "l" in node:
            return [self._value(item, depth + 1) for item in node["l"]]
        if "d" in node:
            return {_hashable(self._value(k, depth + 1)): self._value(v, depth + 1) for k, v in node["d"]}
        if "h" in node:
            return Handle(str(node["h"]), tuple(int(item) for item in node["p"]))
        if "b" in node:
            return bytes(self._bytes(node["b"]))
        if "o" in node:
            shape = None if node["s"] is None else tuple(int(size) for size in node["s"])[:MOST_DIMENSIONS]
            dtype = None if node["y"] is None else str(node["y"])[:100]
            return Opaque(_clean(str(node["o"])[:200]), _clean(str(node["w"])[:500]), shape, dtype)
        raise ProtocolError("malformed frame: unknown node")

    def _bytes(self, number: Any) -> memoryview:
        if type(number) is not int or not 0 <= number < len(self._ranges):
            raise ProtocolError("malformed frame: no such buffer")
        start, end = self._ranges[number]
        return self._payload[start:end]

    def _layout(self, node: Any, key: str) -> tuple[np.dtype[Any], tuple[int, ...], tuple[int, ...] | None, int, int]:
        """dtype, shape, strides, offset and the bytes of the buffer, all within bounds."""
        dtype = DTYPES.get(node["y"])
        shape, strides, offset = node["s"], node["r"], node["n"]
        if dtype is None or type(shape) is not list or len(shape) > MOST_DIMENSIONS or type(offset) is not int:
            raise ProtocolError("malformed frame: bad dtype or shape")
        if any(type(size) is not int or size < 0 or size > 1 << 48 for size in shape):
            raise ProtocolError("malformed frame: bad shape")
        available = len(self._bytes(node[key]))
        if strides is None:
            if offset or math.prod(shape) * dtype.itemsize != available:
                raise ProtocolError("malformed frame: shape and bytes do not fit")
            return dtype, tuple(shape), None, 0, available
        if type(strides) is not list or len(strides) != len(shape) or any(type(s) is not int for s in strides):
            raise ProtocolError("malformed frame: bad strides")
        return dtype, tuple(shape), tuple(strides), offset, available

    def _array(self, node: Any) -> Any:
        dtype, shape, strides, offset, available = self._layout(node, "a")
        key = str((node["a"], shape, strides, offset, "a"))
        if key in self._objects:
            return self._objects[key]
        if node["a"] not in self._cache:
            self._cache[node["a"]] = bytearray(self._bytes(node["a"]))
        if strides is not None:
            _check_bounds(shape, strides, offset, dtype.itemsize, available)
        result = np.ndarray(shape, dtype, self._cache[node["a"]], offset, strides)
        self._objects[key] = result
        return result

    def _tensor(self, node: Any) -> Any:
        torch = self._torch
        if torch is None:
            raise ProtocolError("malformed frame: a tensor where arrays are used")
        dtype, shape, strides, offset, available = self._layout(node, "x")
        key = str((node["x"], shape, strides, offset, node["y"]))
        if key in self._objects:
            return self._objects[key]
        kind = getattr(torch, node["y"])
        if strides is None and math.prod(shape) == 0:
            result = torch.empty(shape, dtype=kind)
        else:
            if node["x"] not in self._cache:
                self._cache[node["x"]] = torch.frombuffer(bytearray(self._bytes(node["x"])), dtype=kind).clone()
            flat = self._cache[node["x"]]
            if strides is None:
                result = flat.view(shape)
            else:
                _check_bounds(shape, [s * dtype.itemsize for s in strides], offset * dtype.itemsize, dtype.itemsize, available)
                result = flat.as_strided(shape, strides, offset)
        self._objects[key] = result
        return result


def _clean(text: str) -> str:
    """The text with lone surrogates, which no encoding can write, shown as escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


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


def pack(key: bytes, sequence: int, tree: Any, torch: Any, *, keep_layout: bool) -> bytes:
    """A whole frame."""
    text, buffers = Encoder(torch, keep_layout=keep_layout).encode(tree)
    size = sum(len(buffer) for buffer in buffers)
    return b"".join([HEAD.pack(key, sequence, len(text), size), text, *buffers])


def unpack_head(head: bytes, *, most_bytes: int) -> tuple[bytes, int, int, int]:
    """Key, sequence number, bytes of JSON, bytes of arrays.

    Raises:
        ProtocolError: a length is beyond what is granted.
    """
    key, sequence, text_bytes, payload_bytes = HEAD.unpack(head)
    if text_bytes > MOST_JSON_BYTES or payload_bytes > most_bytes:
        raise ProtocolError("a frame longer than is granted")
    return key, sequence, text_bytes, payload_bytes
