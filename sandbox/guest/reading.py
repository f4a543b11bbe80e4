"""What an object that user code returned really is. Calls nothing of the object's own: its class may lie about everything."""

from __future__ import annotations

from typing import Any

from .arrays import np

_name_of_type = vars(type)["__name__"].__get__


def type_name(kind: type) -> str:
    """The name of a class, whatever its metaclass says."""
    name: str = _name_of_type(kind)
    return name


def describe(value: Any, torch: Any) -> tuple[str, str]:
    """Type name and words, which follow "returned ", for a value that can't be sent."""
    kind = type(value)
    name = type_name(kind)
    if torch is not None and issubclass(kind, torch.Tensor):
        return name, f"a {name}, a subclass of Tensor; a plain Tensor is asked for"
    if np is not None and issubclass(kind, np.ndarray):
        return name, f"a {name}, a subclass of ndarray; a plain ndarray is asked for"
    if name == "coroutine":
        return name, "a coroutine: an `async def` has to be awaited, a plain function is asked for"
    if name in {"generator", "async_generator"}:
        return name, "a generator: the function uses `yield` where it should use `return`"
    article = "an" if name[:1].lower() in "aeiou" else "a"
    return name, f"{article} {name}"


def unreadable(tensor: Any, torch: Any) -> str:
    """Why the elements of a tensor can't be read as they are, in words that follow "returned "; "" where they can."""
    if tensor.is_nested:
        return "a nested tensor"
    if tensor.layout is not torch.strided:
        sparse = "sparse" in str(tensor.layout)
        return f"a sparse tensor ({tensor.layout})" if sparse else f"a tensor of the layout {tensor.layout}"
    if tensor.device.type != "cpu":
        return f"a tensor on the device {tensor.device.type!r}, which holds no values here"
    if tensor.is_quantized:
        return "a quantized tensor"
    return ""


def elements(tensor: Any, torch: Any) -> bytes | None:
    """The elements of a plain tensor in C order; None where it is a wrapper that has none (inside vmap, say).

    Raises:
        RuntimeError: there is no memory for them.
    """
    try:
        dense = tensor.detach().resolve_conj().resolve_neg().contiguous()
        data: bytes = (dense.view(torch.int16) if dense.dtype is torch.bfloat16 else dense).numpy().tobytes()
    except (RuntimeError, TypeError) as error:
        if "allocate" in str(error):
            raise
        return None
    return data


def storage_bytes(storage: Any) -> bytes:
    """The bytes of an untyped storage in the memory of the processor. For the trusted side: in a run there is no ctypes."""
    import ctypes

    return ctypes.string_at(storage.data_ptr(), storage.nbytes())


def root_of(array: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], int]:
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
