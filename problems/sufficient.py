"""What an answer must hold to be certainly right, as data: it can be kept on disk, and looked at without torch.

A requirement that can say so has a method `sufficient` (`problems.checks.Requirement`). It says less than `finding`: what fits is right,
and what does not fit is looked at by `finding`, which knows more steps of the comparison and has the words. Each bound here is one of the
first that `problems.comparison` tries.

Values are described as they come through the door: arrays by dtype, shape and numbers, all else as plain values.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from problems.asks import Answer, Call, Differentiate, Look, Read
from problems.cases import HALF
from problems.checks import CaseAnswers
from problems.comparison import (
    Layout,
    LayoutTree,
    Plain,
    bounds_of,
    dtype_name,
    is_array,
    leaves,
)
from problems.late import torch
from problems.plain import first_bound


class Unsure(Exception):
    """What would be right can't be said as data."""


class Anything(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """Any value."""


class Exactly(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """None, a truth value, a text, or a whole number that is written as digits beyond 63 bits: of this type, and equal."""

    value: bool | int | str | None


class Near(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A float that is off by no more than the bound; where `value` is infinite, that one."""

    value: float
    bound: float


class OfType(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """Any value of this type: "bool", "int", "float" or "str"."""

    name: str


class Items(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A list, or a tuple, of so many items."""

    is_list: bool
    items: tuple[Sufficient, ...]


class Named(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """A dict with just these texts as keys; `ordered`: in this order."""

    items: dict[str, Sufficient]
    ordered: bool = False


class Pairs(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """A dict with other keys, in this order."""

    items: tuple[tuple[Sufficient, Sufficient], ...]


class Numbers(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """An array of this kind, dtype and shape.

    Attributes:
        is_tensor: one of torch, else one of NumPy.
        dtype: by its name.
        shape: of the whole.
        exact: the right numbers in float64, or for `bound` -1 the very bytes; None where the numbers do not count.
        bound: by how much each may be off.
        first, count: the numbers that count; all where `count` is -1.
        number: a Python float will do in place of the array, which has no dimensions.
    """

    is_tensor: bool
    dtype: str
    shape: tuple[int, ...]
    exact: memoryview | None = None
    bound: float = -1.0
    first: int = 0
    count: int = -1
    number: bool = False


class Raises(msgspec.Struct, frozen=True, array_like=True, tag=8):
    """An exception of a class of this name, or of one that comes from it; any where it is ""."""

    base: str


Sufficient = Anything | Exactly | Near | OfType | Items | Named | Pairs | Numbers | Raises
"""What a value must be."""

ReplyFields = dict[str, Sufficient]
"""What the fields of an answer must be, by their names (`problems.asks.Answer`); `failure` where an exception is meant."""

ANYTHING = Anything()
NONE = Exactly(None)
LARGE = 1 << 63


def every_step(asked: CaseAnswers) -> dict[int, ReplyFields]:
    """What each answer of a program must hold whatever is required of it: it has the parts that its step asks for.

    Raises:
        Unsure: a step may raise, or is answered for another reason than that it asks.
    """
    found: dict[int, ReplyFields] = {}
    for place, step in enumerate(asked.program):
        match step:
            case Call():
                found[place] = {"echo": _echo(step)} if step.echo else {}
            case Differentiate():
                found[place] = {"why": NONE, "inputs": Items(True, (ANYTHING,) * floating_in((step.args, step.kwargs)))}
            case Look():
                found[place] = {"value": Items(True, (ANYTHING,) * (len(step.of) * len(step.attributes)))}
            case Read():
                for name in ("parameters", "registered", "reached"):
                    found.setdefault(place, {})[name] = Named(dict.fromkeys(step.names, ANYTHING))
                found[place]["same"] = Named(dict.fromkeys(step.identical, ANYTHING))
            case _:
                if getattr(step, "may_raise", False) or place == len(asked.program) - 1:
                    found[place] = {}
    return found


def _echo(step: Call) -> Sufficient:
    args = Items(True, (ANYTHING,) * len(step.args))
    return Items(False, (args, Named(dict.fromkeys(step.kwargs, ANYTHING))))


def floating_in(value: Any) -> int:
    """How many floating tensors a tree holds."""
    match value:
        case dict():
            return sum(floating_in(item) for item in value.values())
        case tuple() | list():
            return sum(floating_in(item) for item in value)
    return int(is_array(value) and value.is_floating_point())


def failure_of(base: str) -> ReplyFields:
    """An exception of this class, or of one that comes from it."""
    return {"failure": Raises(base)}


def right_value(asked: CaseAnswers, place: int, layout: LayoutTree, *, types_only: bool = False) -> Sufficient:
    """The value of one step's answer (`problems.agreement.value_finding`, or `shape_finding`).

    Raises:
        Unsure: it can't be said.
    """
    exact = asked.right.exact(place)
    if exact.failure is not None:
        raise Unsure
    if isinstance(layout, Plain):
        return plain(exact.value, types_only=types_only)
    if types_only:
        single = exact
    else:
        single = asked.right.single(place) if _any_floating(exact.value) else exact
    parts = zip(leaves(exact.value), leaves(single.value), leaves(layout), strict=True)
    return arranged(layout, [_part(asked, *part, types_only=types_only) for part in parts])


def _any_floating(value: Any) -> bool:
    return any(is_array(leaf) and leaf.is_floating_point() for leaf in leaves(value))


def _part(asked: CaseAnswers, exact: Any, single: Any, part: Layout, *, types_only: bool) -> Sufficient:
    number = asked.arrays == "array" and not part.letters
    return numbers(exact, single, asked.case.dtype, asked.arrays, types_only=types_only, number=number)


def arranged(layout: LayoutTree, parts: list[Sufficient]) -> Sufficient:
    """The parts as the layout has them; takes them out of the list."""
    if not isinstance(layout, tuple):
        return parts.pop(0)
    return Items(False, tuple(arranged(each, parts) for each in layout))


def numbers(
    exact: Any,
    single: Any,
    dtype: str,
    arrays: str,
    *,
    types_only: bool = False,
    number: bool = False,
    row: int | None = None,
    shape: tuple[int, ...] | None = None,
    direct: bool = True,
) -> Numbers:
    """An array that is right.

    Args:
        exact: the right one in float64.
        single: the reference's in float32.
        dtype: that is asked for, where its numbers are floats.
        arrays: "tensor" or "array".
        types_only: the numbers do not count.
        number: a Python float will do.
        row: only this one counts, along the first dimension, and the bound is taken from it.
        shape: of the array, where it is another than that of the right one.
        direct: numbers in half precision were computed in float32 and only rounded; gradients are not.

    Raises:
        Unsure: it is no array, or some of its numbers are NaN.
    """
    if not is_array(exact):
        raise Unsure
    floating = exact.is_floating_point()
    wanted = dtype if floating else dtype_name(exact)
    shape = tuple(exact.shape) if shape is None else shape
    whole = Numbers(arrays == "tensor", wanted, shape, number=number and floating)
    if types_only:
        return whole
    first, count = 0, -1
    if row is not None:
        count = math.prod(shape[1:])
        first, exact, single = row * count, exact[row], single[row]
    if not floating:
        exact_bytes = exact.contiguous().numpy().tobytes()
        return msgspec.structs.replace(whole, exact=memoryview(exact_bytes), first=first, count=count)
    if bool(torch.isnan(exact).any()):
        raise Unsure
    inside = torch.float32 if direct and wanted in HALF else None
    *_, bound = bounds_of(exact, lambda: single, getattr(torch, wanted), inside)
    data = memoryview(exact.double().contiguous().numpy().tobytes())
    return msgspec.structs.replace(whole, exact=data, bound=bound, first=first, count=count)


def same_bytes(tensor: Any, arrays: str) -> Numbers:
    """An array with just these numbers.

    Raises:
        Unsure: some of them are NaN, which is equal to nothing.
    """
    if tensor.is_floating_point() and bool(torch.isnan(tensor).any()):
        raise Unsure
    plain_tensor = tensor.detach().contiguous()
    if dtype_name(tensor) == "bfloat16":
        plain_tensor = plain_tensor.view(torch.int16)
    data = memoryview(plain_tensor.numpy().tobytes())
    return Numbers(arrays == "tensor", dtype_name(tensor), tuple(tensor.shape), data)


def plain(value: Any, *, types_only: bool = False, same: bool = False) -> Sufficient:
    """A plain value (`problems.plain`): of these types, and equal; floats within the first bound.

    Args:
        value: the right one.
        types_only: what it holds does not count.
        same: floats are equal as well, and dicts keep their order.

    Raises:
        Unsure: it holds something that is no plain value.
    """
    kind = type(value)
    if kind in (list, tuple):
        return Items(kind is list, tuple(plain(item, types_only=types_only, same=same) for item in value))
    if kind is dict:
        items = [(key, plain(item, types_only=types_only, same=same)) for key, item in value.items()]
        if all(type(key) is str for key in value):
            return Named(dict(items), ordered=same)
        return Pairs(tuple((plain(key, same=True), item) for key, item in items))
    if value is None:
        return NONE
    if kind not in (bool, int, float, str) or value != value:
        raise Unsure
    if types_only:
        return OfType(kind.__name__)
    if kind is float:
        return Near(value, 0.0 if same or not math.isfinite(value) else first_bound(value))
    if kind is int and not -LARGE < value < LARGE:
        raise Unsure
    return Exactly(value)


def exact_answer(asked: CaseAnswers, place: int) -> Answer:
    """What the reference answers to a step.

    Raises:
        Unsure: nothing, or an exception.
    """
    try:
        found = asked.right.exact(place)
    except KeyError:
        raise Unsure from None
    if found.failure is not None:
        raise Unsure
    return found
