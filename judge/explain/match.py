"""Whether two answers are those of one program: exact ones but for rounding, drawn ones by their distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from judge.oracle import Expected
from problems.asks import Answer, Differentiate, Failure, Step
from problems.cases import HALF
from problems.comparison import Rough, as_tensor, compare_array, dtype_name, is_array
from problems.late import torch
from problems.plain import at, same_float

LEAST_DRAWS = 200  # rows in one answer from which distributions are compared
# Of the largest value: beyond what rounding does in these. Other dtypes have fewer digits.
FAR_APART = {"float32": 0.02, "float64": 1e-5}  # by the name of the dtype
FAR_APART_OF_OTHERS = 0.2
LEAST_FAR = 1e-3  # where all values are tiny they may be rounding alone: those are looked at closely
CLOSE = 8  # eps of the largest value: as close as two styles of one program come where nothing cancels
MOST_DEVIATION = 6.0  # standard deviations by which two frequencies of one distribution may differ
MOST_KINDS = 64  # of rows; where there are more they are compared column by column
DIGITS = 4  # of the largest value, to which two numbers of one kind agree


def same_answer(mine: Answer, own: Answer, expected: Expected, place: int, step: Step, precision: str) -> bool:
    """Whether two answers to one step agree.

    Args:
        mine: the solution's.
        own: the suspect's.
        expected: what the suspect answers in other precisions.
        place: of the step.
        step: it.
        precision: of the case.
    """
    if mine.failure is not None or own.failure is not None:
        return same_failure(mine.failure, own.failure, may=getattr(step, "may_raise", False))
    if (mine.why is None) != (own.why is None):
        return False

    def pick(part: Callable[[Answer], Any]) -> bool:
        return _same_tree(part(mine), part(own), _Part(expected, place, part, precision))

    if not pick(lambda answer: answer.value) or not pick(lambda answer: _flat(answer.echo)):
        return False
    if not pick(lambda answer: _gradients(answer, step)) or not pick(lambda answer: answer.parameters):
        return False
    return same_parts(mine, own)


def same_parts(mine: Answer, own: Answer) -> bool:
    """Whether two objects that were read have the same kinds of parameters, whatever they are called."""
    shapes = [(sorted(answer.trainable.values()), sorted(answer.frozen.values())) for answer in (mine, own)]
    return mine.registered == own.registered and mine.same == own.same and shapes[0] == shapes[1]


def _gradients(answer: Answer, step: Step) -> list[Any] | None:
    return list(answer.inputs) if isinstance(step, Differentiate) and answer.inputs is not None else None


def _flat(echo: Any) -> Any:
    return None if echo is None else [list(echo[0]), dict(echo[1])]


def same_failure(mine: Failure | None, own: Failure | None, *, may: bool) -> bool:
    """Whether both raise: where an exception is asked for, of the same kind; else NumPy's need not be torch's."""
    if mine is None or own is None:
        return False
    return not may or ("ValueError" in mine.bases) == ("ValueError" in own.bases)


class _Part:
    """A part of what a suspect answers to a step, as the comparison asks for it."""

    def __init__(self, right: Expected, place: int, part: Callable[[Answer], Any], precision: str) -> None:
        self.precision = precision
        self._right = right
        self._place = place
        self._part = part

    def at(self, path: Sequence[Any]) -> tuple[Any, Callable[[], Any], Callable[[float, int], Any]]:
        """Exact, single and rough values at a path within the part."""

        def walk(answer: Answer) -> Any:
            return at(self._part(answer), tuple(path))

        def rough(eps: float, runs: int) -> Any:
            answers, largest = self._right.rough(self._place, eps, runs)
            return Rough([walk(answer) for answer in answers], largest)

        try:  # in another precision a mistake may end in an exception, or in a dtype that can't be differentiated
            exact = walk(self._right.exact(self._place))
        except KeyError:
            exact = None

        def single() -> Any:
            try:
                found = walk(self._right.single(self._place))
            except KeyError:
                found = None
            return exact if found is None else found

        return exact, single, rough


def _same_tree(mine: Any, own: Any, part: _Part, path: tuple[Any, ...] = ()) -> bool:
    if type(mine) is float and isinstance(own, torch.Tensor) and not own.dim():  # one number is one, whatever holds it
        mine = torch.tensor(mine, dtype=own.dtype)
    if is_array(own) or is_array(mine):
        return _same_array(mine, own, part, path)
    if isinstance(own, (tuple, list)):
        if not isinstance(mine, (tuple, list)) or len(mine) != len(own):
            return False
        return all(_same_tree(a, b, part, (*path, at)) for at, (a, b) in enumerate(zip(mine, own, strict=True)))
    if isinstance(own, dict):
        if not isinstance(mine, dict) or mine.keys() != own.keys():
            return False
        return all(_same_tree(mine[key], own[key], part, (*path, key)) for key in own)
    if type(mine) is float and type(own) is float:
        return _same_number(mine, own, part, path)
    return type(mine) is type(own) and (mine == own or mine is own)


def _same_number(mine: float, own: float, part: _Part, path: tuple[Any, ...]) -> bool:
    """Two of Python's own floats."""
    exact, _, rough = part.at(path)

    def floats(eps: float, runs: int) -> Rough:
        found = rough(eps, runs)
        return Rough([value for value in found.values if isinstance(value, float)], found.largest)

    return same_float(mine, own, floats) if isinstance(exact, float) else mine == own


def _same_array(mine: Any, own: Any, part: _Part, path: tuple[Any, ...]) -> bool:
    if mine is None or own is None:  # a gradient that is none, and one of zeros
        left = as_tensor(own if mine is None else mine)
        return bool((left == 0).all())
    if not (is_array(mine) and is_array(own)):
        return False
    if tuple(mine.shape) != tuple(own.shape) or dtype_name(mine) != dtype_name(own):
        return False
    given, theirs = as_tensor(mine), as_tensor(own)
    same = _plainly(given, theirs)
    if same is None:
        same = _same_closely(given, theirs, part, path)
    return same or _same_but_for_places(given, theirs)


def _same_closely(given: torch.Tensor, theirs: torch.Tensor, part: _Part, path: tuple[Any, ...]) -> bool:
    """Whether two arrays agree within what the rounding of the suspect allows."""
    exact, single, rough = part.at(path)
    if exact is None or tuple(exact.shape) != tuple(theirs.shape):
        return False
    own64, exact64 = theirs.double(), as_tensor(exact).detach()
    if exact64.is_floating_point():  # what overflows in float32 alone
        exact64 = torch.where(torch.isfinite(own64), exact64, own64.to(exact64.dtype))
    if given.dtype == torch.float64 and part.precision == "float32":  # float64 of numbers that were float32 on the way
        given = given.float()
    return compare_array(given, exact64, single=single, rough=rough, name="") is None


def _plainly(mine: torch.Tensor, own: torch.Tensor) -> bool | None:
    """True where two arrays are plainly equal, False where they differ beyond any rounding, None where it takes a closer look."""
    if torch.equal(mine, own):
        return True
    if not own.is_floating_point():
        return None
    mine64, own64 = mine.double(), own.double()
    finite = torch.isfinite(own64)
    strange = [torch.nan_to_num(each[~finite], nan=1.0, posinf=2.0, neginf=3.0) for each in (mine64, own64)]
    if not torch.equal(finite, torch.isfinite(mine64)) or not torch.equal(*strange):
        return False
    mine64, own64 = mine64[finite], own64[finite]
    if not own64.numel():
        return True
    off = float((mine64 - own64).abs().max())
    largest = max(float(own64.abs().max()), float(mine64.abs().max()))
    if off <= CLOSE * torch.finfo(own.dtype).eps * largest:
        return True
    if (
        dtype_name(own) in HALF
    ):  # computed in few digits, two styles of one program lie as far apart as the inputs let them
        return None
    return (
        False if largest > LEAST_FAR and off > FAR_APART.get(dtype_name(own), FAR_APART_OF_OTHERS) * largest else None
    )


def _same_but_for_places(mine: torch.Tensor, own: torch.Tensor) -> bool:
    """Of a filter's result: which of several equal tokens stays is free."""
    if not own.dim() or not own.is_floating_point() or not bool(torch.isinf(own).any()):
        return False
    return torch.equal(mine.sort(dim=-1).values, own.sort(dim=-1).values)


def alike(mine: Any, own: Any) -> bool:
    """Two answers that are drawn: structure, shape and dtype, and where there are many rows, their distribution."""
    if not (is_array(mine) and is_array(own)):
        return type(mine) is type(own)
    first, second = as_tensor(mine), as_tensor(own)
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if not first.dim() or first.shape[0] < LEAST_DRAWS:
        return bool(
            torch.equal(torch.isfinite(first), torch.isfinite(second))
        )  # what is cut away is no matter of chance
    return _same_distribution(first.reshape(first.shape[0], -1).double(), second.reshape(first.shape[0], -1).double())


def _same_distribution(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Whether two samples of rows [N, C] can be of one distribution: by how often each row comes, or each column's numbers."""
    both = torch.cat([first, second])
    finite = both[torch.isfinite(both)]
    scale = float(finite.abs().max()) if finite.numel() else 1.0
    rounded = torch.nan_to_num((both / (scale or 1.0) * 10**DIGITS).round(), nan=1e6, posinf=2e6, neginf=3e6).long()
    weights = torch.randint(1 << 60, (both.shape[1],), generator=torch.Generator().manual_seed(0))
    kinds, which = torch.unique((rounded * weights).sum(dim=1), return_inverse=True)  # a number for each kind of row
    count = len(first)
    if len(kinds) > MOST_KINDS:
        return all(_same_column(first[:, at], second[:, at]) for at in range(first.shape[1]))
    hits = [torch.bincount(part, minlength=len(kinds)).double() / count for part in (which[:count], which[count:])]
    middle = (hits[0] + hits[1]) / 2
    allowed = MOST_DEVIATION * (2 * middle * (1 - middle) / count).sqrt() + 2 / count
    return bool(((hits[0] - hits[1]).abs() <= allowed).all())


def _same_column(first: torch.Tensor, second: torch.Tensor) -> bool:
    """The two-sample test of Kolmogorov and Smirnov: the largest distance of the shares below each number."""
    points = torch.cat([first, second]).sort().values
    shares = [
        torch.searchsorted(part.sort().values, points, right=True).double() / len(part) for part in (first, second)
    ]
    return float((shares[0] - shares[1]).abs().max()) <= MOST_DEVIATION / math.sqrt(2 * len(first))
