"""What stands beside a reference that is wrong under one condition (`judge.authoring.conditions`).

What comes after the line below is put at the end of the reference's file and runs in the sandbox with it, in torch, NumPy or plain Python.
So it imports nothing of this project.
"""

from __future__ import annotations

from typing import Any

# ---
CALLS = {"count": 0}
"""How often the entry point was called."""
KEPT = {}  # type: ignore[var-annotated]
"""The newest object; and the memory of results."""


def spoiled(value: Any) -> Any:
    """A result that is off by a hundredth of its largest number; of what is no floating number, another one."""
    if value is None:
        return 0.01
    if isinstance(value, (tuple, list)):
        return type(value)([spoiled(value[0]) if len(value) else 1, *value[1:]])
    if isinstance(value, str):
        return value + "a"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, float):
        return 0.5 if value != value else value * 1.01 or 0.01
    if hasattr(value, "dtype"):
        return _spoiled_array(value)
    if isinstance(getattr(value, "data", None), (int, float)):
        value.data = spoiled(float(value.data))
    return value


def _spoiled_array(value: Any) -> Any:
    """An array, and of a tensor its gradient too."""
    kind = str(value.dtype).rsplit(".", maxsplit=1)[-1]
    if "float" not in kind:
        return ~value if kind == "bool" else value + 1
    plain = value.detach() if hasattr(value, "detach") else value
    numbers = plain.reshape(-1)
    finite = numbers[numbers - numbers == 0]
    share = 0.1 if "16" in kind else 0.01  # of bfloat16, a hundredth is rounding
    moved = plain * 0 + share * (float(abs(finite).max()) if len(finite) else 0.0) + share * (not finite.any())
    if hasattr(value, "detach"):
        return value + share * (value - plain).nan_to_num() + moved.nan_to_num()
    return (value + moved).astype(value.dtype)


def sloped(value: Any) -> Any:
    """A result of the same numbers, whose gradients are off by a hundredth."""
    if isinstance(value, (tuple, list)):
        return type(value)(sloped(each) for each in value)
    if not getattr(value, "requires_grad", False):
        return value
    return value + 0.01 * (value - value.detach()).nan_to_num()


def overwritten(value: Any, place: tuple[int, ...] = ()) -> Any:
    """A result in memory that every result of its shape and dtype shares."""
    if isinstance(value, tuple):
        return tuple(overwritten(item, (*place, number)) for number, item in enumerate(value))
    if not getattr(value, "ndim", 0) or getattr(value, "requires_grad", False):
        return value
    copied = value.clone() if hasattr(value, "detach") else value.copy()
    held = KEPT.setdefault((place, tuple(value.shape), str(value.dtype)), copied)
    held[...] = value
    return held


def size_of(value: Any, axis: int) -> int:
    """The size of an array along an axis, or the length of a text or list; -1 where there is none."""
    if isinstance(value, (str, list, tuple)):
        return len(value) if axis == 0 else -1
    shape = getattr(value, "shape", ())
    return shape[axis] if axis < len(shape) else -1


def floats_of(given: dict[str, Any]) -> list[Any]:
    """The arguments that are arrays of floating numbers."""
    return [value for value in given.values() if "float" in str(getattr(value, "dtype", ""))]


def largest_of(given: dict[str, Any]) -> float:
    """The largest number of the first of them, without its sign; -1 where there is none."""
    first = [value for value in floats_of(given)[:1] if 0 not in value.shape]
    return float(abs(first[0]).max()) if first else -1.0


def wanting_of(given: dict[str, Any]) -> list[bool]:
    """Of each of them, whether it wants a gradient."""
    return [bool(getattr(value, "requires_grad", False)) for value in floats_of(given)]


def strides_of(given: dict[str, Any]) -> list[tuple[bool, bool]]:
    """Of each array with more than one number: whether it lies in order, and whether it repeats itself."""
    found = []
    for value in given.values():
        if hasattr(value, "shape") and 0 not in value.shape and max(value.shape, default=1) > 1:
            torch_like = hasattr(value, "detach")
            steps = value.stride() if torch_like else value.strides
            in_order = value.is_contiguous() if torch_like else bool(value.flags.c_contiguous)
            repeats = any(step == 0 and size > 1 for step, size in zip(steps, value.shape, strict=True))
            found.append((in_order, repeats))
    return found


def most_of(given: dict[str, Any]) -> int:
    """The largest whole number in an array of whole numbers; -1 where there is none."""
    arrays = [value for value in given.values() if "int" in str(getattr(value, "dtype", ""))]
    return max((int(value.max()) for value in arrays if 0 not in value.shape), default=-1)
