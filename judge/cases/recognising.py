"""Recognising right answers as they come through the door: their frames beside what is certainly right, without building any tensor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from problems.sufficient import (
    Anything,
    Exactly,
    Items,
    Named,
    Near,
    Numbers,
    OfType,
    Pairs,
    Raises,
    ReplyFields,
    RightAnswers,
    Sufficient,
)
from sandbox.guest.wire import DTYPES, Opened

MOST_BASES = 20  # of an exception, see `sandbox.fields.raised_of`


class KnownRight:
    """The right answers to programs that are asked together.

    Args:
        programs: of each, what its answers must hold; None where that can't be said.
    """

    def __init__(self, programs: Sequence[RightAnswers | None]) -> None:
        self._programs = programs

    def knows(self, program: int, opened: Opened) -> bool:
        """Whether this is the right answer to one of the steps of a program; not where it says too little or anything strange."""
        right = self._programs[program]
        if right is None:
            return False
        try:
            nodes = opened.node["m"]
            wanted = right.replies.get(nodes["step"])
            return wanted is not None and _fits_reply(wanted, nodes, opened)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError):
            return False  # whoever builds it says what is wrong with it


def _fits_reply(wanted: ReplyFields, nodes: dict[str, Any], opened: Opened) -> bool:
    if "part" in nodes:
        return False
    if (failure := wanted.get("failure")) is not None:
        return isinstance(failure, Raises) and "raised" in nodes and _fits_exception(failure, nodes["raised"]["m"])
    return "raised" not in nodes and all(
        name in nodes and _fits(each, nodes[name], opened) for name, each in wanted.items()
    )


def _fits_exception(wanted: Raises, raised: dict[str, Any]) -> bool:
    return raised["memory"] is False and (not wanted.base or wanted.base in raised["bases"]["l"][:MOST_BASES])


def _fits(wanted: Sufficient, node: Any, opened: Opened) -> bool:
    return _FITTING[type(wanted)](wanted, node, opened)


def _anything(wanted: Anything, node: Any, opened: Opened) -> bool:
    return True


def _exactly(wanted: Exactly, node: Any, opened: Opened) -> bool:
    return type(node) is type(wanted.value) and node == wanted.value


def _near(wanted: Near, node: Any, opened: Opened) -> bool:
    value = _float_of(node)
    if value is None:
        return False
    same = value == wanted.value or (math.isnan(value) and math.isnan(wanted.value))
    return same or abs(value - wanted.value) <= wanted.bound < math.inf


def _float_of(node: Any) -> float | None:
    """The float that a node holds; None where it holds none."""
    return float.fromhex(node["f"]) if type(node) is dict and next(iter(node)) == "f" else None


def _of_type(wanted: OfType, node: Any, opened: Opened) -> bool:
    match wanted.name:
        case "float":
            return _float_of(node) is not None
        case "int":
            return type(node) is int or (type(node) is dict and next(iter(node)) == "i")
        case _:
            return type(node).__name__ == wanted.name


def _items(wanted: Items, node: Any, opened: Opened) -> bool:
    found = _only(node, "l" if wanted.is_list else "t")
    return len(found) == len(wanted.items) and all(
        _fits(each, item, opened) for each, item in zip(wanted.items, found, strict=True)
    )


def _named(wanted: Named, node: Any, opened: Opened) -> bool:
    found = _only(node, "m")
    if found.keys() != wanted.items.keys() or (wanted.ordered and list(found) != list(wanted.items)):
        return False
    return all(_fits(each, found[name], opened) for name, each in wanted.items.items())


def _pairs(wanted: Pairs, node: Any, opened: Opened) -> bool:
    found = _only(node, "d")
    return len(found) == len(wanted.items) and all(
        _fits(key, pair[0], opened) and _fits(value, pair[1], opened)
        for (key, value), pair in zip(wanted.items, found, strict=True)
    )


def _only(node: dict[str, Any], kind: str) -> Any:
    """What a container holds, where it is one of this kind.

    Raises:
        KeyError: it is not.
    """
    if next(iter(node)) != kind:
        raise KeyError(kind)
    return node[kind]


def _numbers(wanted: Numbers, node: Any, opened: Opened) -> bool:
    if wanted.number and (value := _float_of(node)) is not None:
        with np.errstate(over="ignore"):
            return _within(wanted, np.asarray(value, dtype=wanted.dtype).reshape(1))
    kind = "x" if wanted.is_tensor else "a"
    if next(iter(node)) != kind or node["y"] != wanted.dtype or node["r"] is not None or node["n"] != 0:
        return False
    if tuple(node["s"]) != wanted.shape or any(type(size) is not int for size in node["s"]):
        return False
    number = node[kind]
    if type(number) is not int or not 0 <= number < len(opened.ranges):
        return False
    start, end = opened.ranges[number]
    dtype = DTYPES[wanted.dtype]
    if end - start != math.prod(wanted.shape) * dtype.itemsize:
        return False
    if wanted.exact is None or end == start:
        return True
    count = wanted.count if wanted.count >= 0 else math.prod(wanted.shape)
    return _within(wanted, np.frombuffer(opened.payload, dtype, count, start + wanted.first * dtype.itemsize))


def _within(wanted: Numbers, mine: np.ndarray[Any, Any]) -> bool:
    """Whether numbers are off by no more than they may be."""
    if wanted.exact is None:
        return True
    if wanted.bound < 0:
        return mine.tobytes() == wanted.exact
    if wanted.dtype == "bfloat16":  # the upper half of a float32
        mine = (mine.astype(np.uint16).astype(np.uint32) << 16).view(np.float32)
    exact = np.frombuffer(wanted.exact, np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(mine - exact) <= wanted.bound
        return bool(near.all()) or bool((near | (mine == exact) | (np.isnan(mine) & np.isnan(exact))).all())


_FITTING: dict[type, Callable[[Any, Any, Opened], bool]] = {
    Anything: _anything,
    Exactly: _exactly,
    Near: _near,
    OfType: _of_type,
    Items: _items,
    Named: _named,
    Pairs: _pairs,
    Numbers: _numbers,
}
