"""What an answer must hold to be certainly right, as data: it can be kept on disk, and looked at without torch.

A requirement that can say so has a method `sufficient` (`problems.checks.Requirement`). It says less than `finding`: what fits is right,
and what does not fit is looked at by `finding`, which knows more steps of the comparison and has the words. Each bound here is one of the
first that `problems.comparison` tries.

Values are described as they come through the door: arrays by dtype, shape and numbers, all else as plain values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec

from problems.asks import Answer, Call, Differentiate, Look, Read
from problems.cases import HALF
from problems.checks import CaseAnswers
from problems.comparison import (
    LayoutTree,
    Plain,
    Rough,
    bounds_of,
    dtype_name,
    is_array,
    leaves,
    rough_bound,
)
from problems.growth import Growth
from problems.late import torch
from problems.plain import EPS, float_bound, rough_floats


class Unsure(Exception):
    """What would be right can't be said as data."""


class Anything(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """Any value."""


class Exactly(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """None, a truth value, a text, or a whole number that is written as digits beyond 63 bits: of this type, and equal."""

    value: bool | int | str | None


class Near(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A float that is off by no more than the bound; where `value` is infinite or NaN, that one."""

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


class RightAnswers(msgspec.Struct, frozen=True, array_like=True):
    """What the answers to a program must hold to be certainly right.

    Attributes:
        replies: by the places of their steps.
        cost: how much their cost may grow; None where it does not count.
    """

    replies: dict[int, ReplyFields]
    cost: Growth | None = None


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
    exact = exact_answer(asked, place)
    if isinstance(layout, Plain):
        return plain(exact.value, types_only=types_only, rough=_rough_floats(asked, place))
    parts: list[Sufficient] = []
    for number, part in enumerate(leaves(layout)):
        found = Part(asked, place, leaf(number))
        takes_number = asked.arrays == "array" and not part.letters
        parts.append(numbers(found, types_only=types_only, number=takes_number))
    return arranged(layout, parts)


def leaf(number: int) -> Callable[[Answer], Any]:
    """Picks one array of a result."""
    return lambda answer: leaves(answer.value)[number]


def arranged(layout: LayoutTree, parts: list[Sufficient]) -> Sufficient:
    """The parts as the layout has them; takes them out of the list."""
    if not isinstance(layout, tuple):
        return parts.pop(0)
    return Items(False, tuple(arranged(each, parts) for each in layout))


class Part:
    """One array of what the reference answers to a step.

    Args:
        asked: what was asked, and what is right.
        place: of the step.
        pick: takes the array out of an answer.
    """

    def __init__(self, asked: CaseAnswers, place: int, pick: Callable[[Answer], Any]) -> None:
        self.asked = asked
        self.exact = pick(asked.right.exact(place))
        self._place = place
        self._pick = pick

    def single(self) -> Any:
        """In float32."""
        return self._pick(self.asked.right.single(self._place))

    def rough(self, eps: float) -> Rough:
        """In one run with an error of eps in each operation."""
        answers, largest = self.asked.right.rough(self._place, eps, 1)
        return Rough([self._pick(answer) for answer in answers], largest)


def numbers(
    part: Part,
    *,
    types_only: bool = False,
    number: bool = False,
    row: int | None = None,
    shape: tuple[int, ...] | None = None,
    direct: bool = True,
) -> Numbers:
    """An array that is right.

    Args:
        part: the right one.
        types_only: the numbers do not count.
        number: a Python float will do.
        row: `part` is only this one along the first dimension, and the others do not count.
        shape: of the array, where it is another than that of the part.
        direct: numbers in half precision were computed in float32 and only rounded; gradients are not.

    Raises:
        Unsure: it is no array.
    """
    exact, is_tensor = part.exact, part.asked.arrays == "tensor"
    if not is_array(exact):
        raise Unsure
    floating = exact.is_floating_point()
    wanted = part.asked.case.dtype if floating else dtype_name(exact)
    shape = tuple(exact.shape) if shape is None else shape
    whole = Numbers(is_tensor, wanted, shape, number=number and floating)
    if types_only:
        return whole
    if row is not None:
        count = math.prod(shape[1:])
        if count != exact.numel():
            raise Unsure
        whole = msgspec.structs.replace(whole, first=row * count, count=count)
    if not floating:
        return msgspec.structs.replace(whole, exact=memoryview(exact.contiguous().numpy().tobytes()))
    inside = torch.float32 if direct and wanted in HALF else None
    *_, bound = bounds_of(exact, part.single, getattr(torch, wanted), inside)
    if part.asked.thorough:
        eps = torch.finfo(inside or getattr(torch, wanted)).eps
        bound = rough_bound(bound, exact, part.rough(eps), eps)
    return msgspec.structs.replace(whole, exact=memoryview(exact.double().contiguous().numpy().tobytes()), bound=bound)


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


RoughFloats = Callable[[tuple[Any, ...]], Rough | None]
"""What the floats at one place of a plain value are where each operation is a little off; None where that is not asked for."""


def _rough_floats(asked: CaseAnswers, place: int) -> RoughFloats:
    def rough(path: tuple[Any, ...]) -> Rough | None:
        if not asked.thorough:
            return None
        answers, largest = asked.right.rough(place, EPS, 1)
        return rough_floats(Rough([answer.value for answer in answers], largest), path)

    return rough


def plain(
    value: Any,
    *,
    types_only: bool = False,
    same: bool = False,
    rough: RoughFloats = lambda path: None,
    path: tuple[Any, ...] = (),
) -> Sufficient:
    """A plain value (`problems.plain`): of these types, and equal; floats within the first bounds.

    Args:
        value: the right one.
        types_only: what it holds does not count.
        same: floats are equal as well, and dicts keep their order.
        rough: see there.
        path: of the value, within a whole one.

    Raises:
        Unsure: it holds something that is no plain value.
    """

    def item(each: Any, *key: Any) -> Sufficient:
        return plain(each, types_only=types_only, same=same, rough=rough, path=(*path, *key))

    kind = type(value)
    if kind in (list, tuple):
        return Items(kind is list, tuple(item(each, place) for place, each in enumerate(value)))
    if kind is dict:
        items = [(key, item(each, key)) for key, each in value.items()]
        if all(type(key) is str for key in value):
            return Named(dict(items), ordered=same)
        return Pairs(tuple((plain(key, same=True), each) for key, each in items))
    if value is None:
        return NONE
    if kind not in (bool, int, float, str):
        raise Unsure
    if types_only:
        return OfType(kind.__name__)
    if kind is float:
        return Near(value, 0.0 if same or not math.isfinite(value) else float_bound(value, rough(path)))
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
