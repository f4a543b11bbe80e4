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

from .reading import describe, elements, root_of, storage_bytes, type_name, unreadable

HEAD = struct.Struct("<16sQQQ")  # key, sequence, bytes of JSON, bytes of arrays
MOST_JSON_BYTES = 16 << 20
MOST_NESTING = 24
MOST_DIMENSIONS = 32
MOST_ITEMS = 100_000  # of all containers in an answer
MOST_KEYS = 2_000  # of a dict whose keys are not all text: others can be chosen to collide
MOST_LETTERS = 1 << 20  # of all texts in an answer; one letter may take twelve bytes of JSON
MOST_VIEW_BYTES = 1 << 30  # of an array that repeats its elements, if they were written out

DTYPES: dict[str, np.dtype[Any]] = {
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

_KEY_KINDS = frozenset({str, int, float, bool, bytes, type(None)})
_dtype_of_scalar = vars(np.generic)["dtype"].__get__

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
        self._items = MOST_ITEMS
        self._letters = MOST_LETTERS
        self._buffers: list[bytes] = []
        self._storages: dict[tuple[str, int, int], int] = {}
        self._seen: dict[int, list[Any]] = {}
        self._alive: list[Any] = []

    def encode(self, tree: Any) -> tuple[bytes, list[bytes]]:
        """The JSON of the tree, and the buffers it names by number."""
        node = self._node(tree, 0)
        text = _dumps({"tree": node, "buffers": [len(buffer) for buffer in self._buffers]})
        return text.encode(), self._buffers

    def _node(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self._text(value)
        if kind is int:
            return {"i": str(value)} if value.bit_length() <= 4096 else self._opaque("int", "an integer of huge size")
        if kind is float:
            return {"f": value.hex()}
        if kind is bytes:
            too_long = not self._keep and len(value) > self._left
            return self._opaque("bytes", "bytes too long to be sent") if too_long else {"b": self._buffer(value)}
        if kind is Handle:
            return {"h": value.name, "p": list(value.path)}
        if kind is Opaque:
            return self._opaque(value.type_name, value.why, value.shape, value.dtype)
        if kind is list or kind is dict or issubclass(kind, tuple):
            return self._container(value, kind, depth)
        if kind is np.ndarray:
            return self._array(value)
        if issubclass(kind, np.generic):
            name = type_name(kind)
            return self._opaque(name, f"a NumPy scalar ({name}), not an array", (), str(_dtype_of_scalar(value)))
        if self._torch is not None and (kind is self._torch.Tensor or kind is self._torch.nn.Parameter):
            return self._tensor(value)
        return self._opaque(*describe(value, self._torch))

    def _text(self, text: str) -> str:
        if self._keep:
            return text
        cut = text[: self._letters]
        self._letters -= len(cut)
        return cut

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        name = type_name(kind)
        if depth > MOST_NESTING:
            return self._opaque(name, "a container nested too deeply")
        self._items -= (
            dict.__len__(value) if kind is dict else list.__len__(value) if kind is list else tuple.__len__(value)
        )
        if self._items < 0 and not self._keep:
            return self._opaque(name, f"a {name} of too many items")
        if kind is list:
            return {"l": [self._node(item, depth + 1) for item in list(value)]}
        if kind is not dict:
            return {"t": [self._node(item, depth + 1) for item in tuple.__iter__(value)]}
        kinds = {type(key) for key in value}
        if not kinds <= _KEY_KINDS or (len(value) > MOST_KEYS and not kinds <= {str}):
            return self._opaque(name, "a dict whose keys are no plain text or numbers")
        return {"d": [[self._node(k, depth + 1), self._node(v, depth + 1)] for k, v in value.items()]}

    @staticmethod
    def _opaque(name: str, why: str, shape: tuple[int, ...] | None = None, dtype: str | None = None) -> Any:
        said = None if dtype is None else dtype[:100]
        return {"o": name[:200], "w": why[:500], "s": None if shape is None else list(shape), "y": said}

    def _buffer(self, data: bytes) -> int:
        self._buffers.append(data)
        self._left -= len(data)
        return len(self._buffers) - 1

    def _storage(self, key: tuple[str, int, int], read: Callable[[], bytes]) -> int:
        """The buffer that holds a piece of memory: key is the kind of its owner, its address and its bytes."""
        if key not in self._storages or key[2] == 0:
            self._storages[key] = self._buffer(read())
        return self._storages[key]

    def _array(self, array: np.ndarray[Any, Any]) -> Any:
        name = array.dtype.name
        if name not in DTYPES or not array.dtype.isnative:
            return self._opaque("ndarray", f"an array of dtype {array.dtype}"[:200], array.shape, str(array.dtype))
        if array.nbytes > self._left:
            return self._opaque("ndarray", "an array too large to be sent", array.shape, name)
        if id(array) in self._seen:
            return self._seen[id(array)]
        self._alive.append(array)
        if self._keep and array.size:
            base, offset = root_of(array)
            key = ("a", base.__array_interface__["data"][0], base.nbytes)
            number = self._storage(key, lambda: base.tobytes("A"))
            node = {"a": number, "y": name, "s": list(array.shape), "r": list(array.strides), "n": offset}
        else:
            node = {"a": self._buffer(array.tobytes()), "y": name, "s": list(array.shape), "r": None, "n": 0}
        self._seen[id(array)] = node  # type: ignore[assignment]
        return node

    def _tensor(self, tensor: Any) -> Any:
        torch = self._torch
        name = str(tensor.dtype).removeprefix("torch.")
        why = unreadable(tensor, torch)
        shape = None if tensor.is_nested else tuple(tensor.shape)
        if why or name not in DTYPES:
            return self._opaque("Tensor", why or f"a tensor of dtype {name}", shape, name)
        if id(tensor) in self._seen:
            return self._seen[id(tensor)]
        self._alive.append(tensor)
        if self._keep and tensor.numel():
            plain = tensor.detach().resolve_conj().resolve_neg()
            self._alive.append(plain)
            storage = plain.untyped_storage()
            key = ("x", storage.data_ptr(), storage.nbytes())
            number = self._storage(key, lambda: storage_bytes(storage, torch))
            node = {
                "x": number,
                "y": name,
                "s": list(shape or ()),
                "r": list(plain.stride()),
                "n": plain.storage_offset(),
            }
        elif tensor.numel() * tensor.element_size() > self._left:
            return self._opaque("Tensor", "a tensor too large to be sent", shape, name)
        else:
            data = elements(tensor, torch)
            if data is None:
                return self._opaque("Tensor", "a tensor whose elements can't be read", shape, name)
            node = {"x": self._buffer(data), "y": name, "s": list(shape or ()), "r": None, "n": 0}
        self._seen[id(tensor)] = node  # type: ignore[assignment]
        return node


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
            self._arrays: dict[int, bytearray] = {}
            self._memories: dict[int, Any] = {}
            self._objects: dict[str, Any] = {}
            return self._value(body["tree"], 0)
        except ProtocolError:
            raise
        except (ValueError, TypeError, LookupError, RuntimeError, AttributeError, ArithmeticError) as error:
            if "allocate" in str(error):
                raise MemoryError from None
            raise ProtocolError(f"malformed frame: {type(error).__name__}: {error}"[:300]) from None

    def _value(self, node: Any, depth: int) -> Any:
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
            return self._dict(node["d"], depth)
        if "h" in node:
            return Handle(str(node["h"]), tuple(int(item) for item in node["p"]))
        if "b" in node:
            return bytes(self._bytes(node["b"]))
        if "o" in node:
            shape = None if node["s"] is None else tuple(int(size) for size in node["s"])[:MOST_DIMENSIONS]
            dtype = None if node["y"] is None else str(node["y"])[:100]
            return Opaque(_clean(str(node["o"])[:200]), _clean(str(node["w"])[:500]), shape, dtype)
        raise ProtocolError("malformed frame: unknown node")

    def _dict(self, pairs: Any, depth: int) -> dict[Any, Any]:
        keys = [_hashable(self._value(pair[0], depth + 1)) for pair in pairs]
        if len(keys) > MOST_KEYS and not all(type(key) is str for key in keys):
            raise ProtocolError("malformed frame: too many keys")
        return {key: self._value(value, depth + 1) for key, (_, value) in zip(keys, pairs, strict=True)}

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
        if math.prod(shape) * dtype.itemsize > MOST_VIEW_BYTES:
            raise ProtocolError("malformed frame: a view too large")
        return dtype, tuple(shape), tuple(strides), offset, available

    def _array(self, node: Any) -> Any:
        dtype, shape, strides, offset, available = self._layout(node, "a")
        key = str((node["a"], shape, strides, offset, "a"))
        if key in self._objects:
            return self._objects[key]
        if node["a"] not in self._arrays:
            self._arrays[node["a"]] = bytearray(self._bytes(node["a"]))
        if strides is not None:
            _check_bounds(shape, strides, offset, dtype.itemsize, available)
        result = np.ndarray(shape, dtype, self._arrays[node["a"]], offset, strides)
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
        self._objects[key] = result
        return result

    def _flat(self, number: int, kind: Any, itemsize: int) -> Any:
        """The whole items of a buffer as one dimension; every view of a buffer shares its memory."""
        if number not in self._memories:
            self._memories[number] = self._torch.frombuffer(
                bytearray(self._bytes(number)), dtype=self._torch.uint8
            ).clone()
        memory = self._memories[number]
        return memory[: len(memory) // itemsize * itemsize].view(kind)


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


def unpack_head(head: bytes | bytearray, *, most_bytes: int) -> tuple[bytes, int, int, int]:
    """Key, sequence number, bytes of JSON, bytes of arrays.

    Raises:
        ProtocolError: a length is beyond what is granted.
    """
    key, sequence, text_bytes, payload_bytes = HEAD.unpack(head)
    if text_bytes > MOST_JSON_BYTES or payload_bytes > most_bytes:
        raise ProtocolError("a frame longer than is granted")
    return key, sequence, text_bytes, payload_bytes
