"""Expressions that are drawn: operations on Values and numbers, kept where floats, and what is asked of answers, are at home."""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable, Sequence
from typing import Any

from problems.asks import Call, Compute, Handle, Look, Program
from problems.cases import Case

RULES: dict[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "neg": operator.neg,
    "exp": math.exp,
    "tanh": math.tanh,
    "relu": lambda number: max(number, 0.0),
}
BINARY, UNARY = ("+", "-", "*", "/"), ("neg", "exp", "tanh", "relu")
EXPONENTS = (2, 3, 1, 0, -1, 0.5, 2.0, -2)
MOST = 1e4  # of a value: beyond, another operation is taken
NEAR = 1e-3  # a divisor, or what relu decides on, is no closer to 0, but for leaves, which have no rounding error


def numbers_of(case: Case, count: int) -> list[Any]:
    """Numbers of the case's kind, an int now and then."""
    drawn = random.Random(f"numbers/{case.seed}")
    match case.kind:
        case "small integers":
            return [drawn.randint(-3, 3) for _ in range(count)]
        case "huge":
            return [drawn.choice((-1e4, 1e4, 30.0, -30.0, 400.0)) for _ in range(count)]
        case "equal":
            return [1.5] * count
        case "near zero":
            return [drawn.choice((-1, 1)) * 10.0 ** -drawn.uniform(3, 9) for _ in range(count)]
        case _:
            return [drawn.choice((round(drawn.gauss(0, 1), 2), drawn.gauss(0, 1))) for _ in range(count)]


class Expression:
    """A growing expression: plain numbers, Values of the first of them, called a, b, c, and operations.

    Args:
        case: its seed decides how it grows.
        numbers: which are there besides the exponents.
        leaves: how many are Values.
    """

    def __init__(self, case: Case, numbers: Sequence[Any], leaves: int) -> None:
        self._random = random.Random(case.seed)
        self._inputs = (*numbers, *EXPONENTS)
        self._data = [float(number) for number in self._inputs]
        self.operations: list[tuple[str, tuple[int, ...]]] = []
        self.names = {letter: self.apply("Value", place) for place, letter in enumerate("abcdefgh"[:leaves])}

    @property
    def last(self) -> int:
        """The place of the last value."""
        return len(self._data) - 1

    @property
    def values(self) -> range:
        """The places of all Values."""
        return range(len(self._inputs), len(self._data))

    def apply(self, name: str, *places: int) -> int:
        """One certain operation; the place of its value."""
        data = [self._data[place] for place in places]
        self._data.append(RULES[name](*data) if name in RULES else data[0])
        self.operations.append((name, places))
        return self.last

    def grow(self) -> None:
        """One more operation, on what is there by now: the last value more often than others."""
        proposed = (self._proposed() for _ in range(20))
        name, places = next((each for each in proposed if self._is_asked(*each)), ("neg", (self.last,)))
        self.apply(name, *places)

    def _proposed(self) -> tuple[str, tuple[int, ...]]:
        chosen = self._random
        first = self.last if chosen.random() < 0.5 else chosen.choice(self.values)
        if chosen.random() < 0.3:
            return chosen.choice(UNARY), (first,)
        if chosen.random() < 0.2:
            return "**", (first, self.values.start - 1 - chosen.randrange(len(EXPONENTS)))
        places = [first, chosen.randrange(len(self._data))]
        chosen.shuffle(places)
        return chosen.choice(BINARY), tuple(places)

    def _is_asked(self, name: str, places: Sequence[int]) -> bool:
        """Whether an operation and its derivative are real, of an ordinary size, and not at the mercy of rounding."""
        first, other = self._data[places[0]], self._data[places[-1]]
        match name:
            case "/":
                is_safe = abs(other) >= NEAR
            case "**":
                is_safe = other in (0, 1, 2, 3) or (first if other % 1 else abs(first)) >= NEAR
            case "exp":
                is_safe = first <= 9
            case "relu":
                is_safe = abs(first) >= NEAR or places[0] in self.names.values()
            case _:
                is_safe = True
        return is_safe and abs(RULES[name](*(self._data[place] for place in places))) <= MOST

    def prune(self) -> None:
        """Take out what the last value was not computed from, but for the leaves."""
        kept, first = {self.last, *self.names.values()}, self.values.start
        for place in reversed(self.values):
            if place in kept:
                kept.update(self.operations[place - first][1])
        places = [*range(first), *(place for place in self.values if place in kept)]
        moved = {old: new for new, old in enumerate(places)}
        operations = [self.operations[place - first] for place in places[first:]]
        self.operations = [(name, tuple(moved[each] for each in operands)) for name, operands in operations]
        self._data = [self._data[place] for place in places]
        self.names = {name: moved[place] for name, place in self.names.items()}

    def program(self, *results: int) -> Program:
        """Compute it; then `backward` of some of its values, y first, and a look at all of them after each."""
        backward = dict(zip("yz", results, strict=False))
        named = self.names | backward
        letters = {place: name for name, place in named.items()}
        handles = [Handle(letters[place]) if place in letters else Handle("v", (place,)) for place in self.values]
        steps: Program = [Compute(inputs=self._inputs, operations=tuple(self.operations), names=named), look(*handles)]
        return steps + [step for name in backward for step in (Call(target=f"{name}.backward"), look(*handles))]


def look(*values: Handle) -> Look:
    """At Values."""
    return Look(of=values, attributes=("data", "grad"))
