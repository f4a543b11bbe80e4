"""What a value looks like: its shape in letters, and what strikes the eye in its numbers."""

from __future__ import annotations

from typing import Any

from judge.verdict import Alignment, TracedValue
from problems.asks import Unreadable
from problems.cases import HALF
from problems.comparison import as_tensor, dtype_name, is_array
from problems.late import torch
from sandbox import Several
from sandbox.guest.wire import Opaque

ROWS_TOLERANCE = 1e-3
PROBABLE = ("weight", "prob", "attn", "softmax")
HIDDEN_TYPES = frozenset({"module", "function", "builtin_function_or_method", "type", "method", ""})


def traced_value(
    name: str, value: Any, *, sizes: dict[str, int], dtype: str, likeness: Alignment | None = None, rows: bool = False
) -> TracedValue:
    """A value that was seen, in words.

    Args:
        name: what held it.
        value: it.
        sizes: of the case, by letter.
        dtype: of the case.
        likeness: what it is like in the reference.
        rows: its rows should sum to one, as far as can be told.
    """
    if is_array(value):
        array = as_tensor(value).detach()
        shape = tuple(array.shape)
        return TracedValue(
            name=name,
            type=dtype_name(value),
            shape=shape,
            letters=letters(shape, sizes),
            text=_number(array.item()) if not shape else "",
            notes=remarks(array, name, dtype=dtype, rows=rows),
            likeness=likeness,
        )
    if isinstance(value, (Opaque, Unreadable)):
        if value.shape is not None and value.dtype:
            found = letters(value.shape, sizes)
            return TracedValue(name=name, type=value.dtype, shape=value.shape, letters=found, notes=(value.why,))
        return TracedValue(name=name, type=value.type_name, text=value.why)
    return TracedValue(name=name, type=_type(value), text=_words(value))


def is_worth_showing(value: Any) -> bool:
    """Whether a value tells something: modules, functions and what is not there don't."""
    return not (isinstance(value, Opaque) and value.type_name in HIDDEN_TYPES and value.shape is None)


def letters(shape: tuple[int, ...], sizes: dict[str, int]) -> tuple[str, ...] | None:
    """The letter of each size, or the number where no letter has it; None where several have it, or none is a letter.

    A size of 1 stays a number: it may be a letter's or an axis that was added.
    """
    found = []
    for size in shape:
        named = [letter for letter, length in sizes.items() if length == size and size > 1]
        if len(named) > 1:
            return None
        found.append(named[0] if named else str(size))
    return tuple(found) if any(not part.isdigit() for part in found) else None


def remarks(array: torch.Tensor, name: str, *, dtype: str, rows: bool = False) -> tuple[str, ...]:
    """Facts about an array's numbers, a few words each."""
    if not array.numel():
        return ("empty",)
    found = []
    if array.is_floating_point():
        own = dtype_name(array)
        if own != dtype and not (dtype in HALF and own == "float32"):  # half precision is computed in float32
            found.append(f"{own}, where the case is {dtype}")
        found += _not_finite(array)
    if array.numel() > 1 and bool((array == array.flatten()[0]).all()):
        found.append(f"all {_number(array.flatten()[0].item())}")
    elif array.is_floating_point():
        found += _sums(array.double(), probable=rows or any(part in name.lower() for part in PROBABLE))
    return tuple(found)


def _not_finite(array: torch.Tensor) -> list[str]:
    found = []
    count = array.numel()
    masks = {"NaN": torch.isnan(array), "inf": array == torch.inf, "-inf": array == -torch.inf}
    for word, mask in masks.items():
        many = int(mask.sum())
        if not many or (many == count and count > 1 and word != "NaN"):
            continue
        first = [int(part) for part in mask.nonzero()[0]]
        if many == count:
            found.append(f"{word} throughout")
        else:
            found.append(f"{word} at {first}" + (f" and {many - 1} more" if many > 1 else ""))
    return found


def _sums(array: torch.Tensor, *, probable: bool) -> list[str]:
    """Whether its rows, or its numbers along another axis, sum to one; said of what looks like probabilities."""
    if array.dim() < 1 or not bool((torch.isfinite(array) & (array >= 0) & (array <= 1 + ROWS_TOLERANCE)).all()):
        return []
    if not probable and (array.dim() < 2 or bool((array == array.round()).all())):
        return []
    fitting = [axis for axis in range(array.dim()) if array.shape[axis] > 1 and _is_one(array.sum(axis))]
    if array.dim() - 1 in fitting:
        return ["rows sum to 1"]
    if fitting and array.numel() > array.shape[fitting[-1]]:
        return [f"sums to 1 along axis {fitting[-1]}, not along its rows"]
    if not probable or array.shape[-1] < 2:
        return []
    sums = array.sum(-1)
    low, high = float(sums.min()), float(sums.max())
    return [f"rows sum to {_number(low)}" + ("" if high - low < ROWS_TOLERANCE else f" to {_number(high)}")]


def _is_one(sums: torch.Tensor) -> bool:
    return bool(((sums - 1).abs() < ROWS_TOLERANCE).all())


def _type(value: Any) -> str:
    return value.kind if isinstance(value, Several) else type(value).__name__


def _words(value: Any, depth: int = 0) -> str:
    """A value that is no array, in a line."""
    if isinstance(value, Several):
        if depth and value.count > len(value.items):
            return f"{value.kind} of {value.count}"
        parts = [_words(item, depth + 1) for item in value.items]
        if value.kind == "dict":
            pairs = [f"{key}: {held}" for key, held in zip(parts[::2], parts[1::2], strict=False)]
            more = f", … {value.count // 2} in all" if value.count > len(value.items) else ""
            return f"{{{', '.join(pairs)}{more}}}"
        if value.count > 1 and len(set(parts)) == 1 and "[" in parts[0]:
            return f"{value.count} x {parts[0]}"
        more = f", … {value.count} in all" if value.count > len(value.items) else ""
        both = {"list": "[]", "tuple": "()", "set": "{}"}[value.kind]
        return f"{both[0]}{', '.join(parts)}{more}{both[1]}"
    if is_array(value):
        return f"{dtype_name(value)} {list(value.shape)}"
    if isinstance(value, (Opaque, Unreadable)):
        return f"{value.dtype} {list(value.shape)}" if value.shape is not None else value.type_name
    if isinstance(value, float):
        return _number(value)
    return repr(value)


def _number(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
