"""Values into frames."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .arrays import np
from .frames import DTYPES, HEAD, MOST_ITEMS, MOST_KEYS, MOST_LETTERS, MOST_NESTING, MOST_SMALL, Given, Handle, Opaque
from .reading import describe, elements, root_of, storage_bytes, type_name, unreadable

_KEY_KINDS = frozenset({str, int, float, bool, bytes, type(None)})
_dtype_of_scalar = None if np is None else vars(np.generic)["dtype"].__get__
_as_array = None if np is None else np.asarray
_SCALARS = () if np is None else tuple(dtype.type for dtype in DTYPES.values())


def _refuse(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} is no JSON")


# The C encoder itself: what user code makes of the classes and functions of `json` changes nothing here.
_make = json.encoder.c_make_encoder  # type: ignore[attr-defined]  # typeshed names only what is in __all__
_chunks = _make(None, _refuse, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False)


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
        self._seen: dict[int, dict[str, Any]] = {}
        self._alive: list[Any] = []

    def encode(self, tree: Any) -> tuple[bytes, list[bytes]]:
        """The JSON of the tree, and the buffers it names by number."""
        answers = type(tree) is dict and not self._keep and {type(name) for name in tree} <= {str}
        node = self._reply(tree) if answers else self._node(tree, 0)
        chunks = _chunks({"tree": node, "buffers": [len(buffer) for buffer in self._buffers]}, 0)
        return "".join(chunks).encode(), self._buffers

    def _reply(self, fields: dict[str, Any]) -> Any:
        """An answer: what user code put into one field of it takes nothing from the others."""
        nodes = {}
        for name, value in fields.items():
            self._items, self._letters = MOST_ITEMS, MOST_LETTERS
            nodes[name] = self._node(value, 1)
        return {"m": nodes}

    def _node(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return self._text(value)
        if kind is int:
            if -MOST_SMALL <= value <= MOST_SMALL:
                return value
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
        if kind is Given and self._keep:
            return {"g": value.kind, "p": self._node(value.fields, depth + 1)}
        if np is not None and kind is np.ndarray:
            return self._array(value)
        if np is not None and issubclass(kind, np.generic):
            if any(
                kind is scalar for scalar in _SCALARS
            ):  # what a reduction gives in place of an array of no dimensions
                return self._array(_as_array(value))
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
        if kinds <= {str}:
            return {"m": {self._text(key): self._node(item, depth + 1) for key, item in value.items()}}
        if not kinds <= _KEY_KINDS or len(value) > MOST_KEYS:
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
        return self._known(array, node)

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
            number = self._storage(key, lambda: storage_bytes(storage))
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
        return self._known(tensor, node)

    def _known(self, array: Any, node: dict[str, Any]) -> dict[str, Any]:
        """The node, with a number that is this object's: one object arrives as one, two alike arrive as two."""
        node["u"] = len(self._seen)
        self._seen[id(array)] = node
        return node


def body(tree: Any, torch: Any, *, keep_layout: bool) -> tuple[bytes, bytes]:
    """All of a frame but its head: what every door may be sent that is asked the same. The text, and the buffers."""
    text, buffers = Encoder(torch, keep_layout=keep_layout).encode(tree)
    return text, b"".join(buffers)


def pack(key: bytes, sequence: int, tree: Any, torch: Any, *, keep_layout: bool) -> bytes:
    """A whole frame."""
    text, payload = body(tree, torch, keep_layout=keep_layout)
    return b"".join([HEAD.pack(key, sequence, len(text), len(payload)), text, payload])
