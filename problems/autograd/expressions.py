"""Expressions that are drawn: operations on Values and numbers, kept where floats, and what is asked of answers, are at home."""

from __future__ import annotations

import math
import random
from typing import Any

import msgspec

from problems.asks import Call, Compute, Handle, Look, Program
from problems.cases import Case

BINARY = ("+", "-", "*", "/")
UNARY = ("neg", "exp", "tanh", "relu")
EXPONENTS = (2, 3, 1, 0, -1, 0.5, 2.0, -2)
MOST = 1e4  # of a value: beyond, another operation is taken
NEAR = 1e-3  # a divisor, or what relu decides on, is no closer to 0, unless it is exact
ATTRIBUTES = ("data", "grad")
LETTERS = "abcdefgh"


class Node(msgspec.Struct):
    """A value of an expression while it is drawn.

    Attributes:
        data: its number.
        exact: it has no rounding error.
        plain: it is an int or a float, and no Value.
    """

    data: float
    exact: bool
    plain: bool


class Expression:
    """A growing expression: numbers, Values made of them, operations.

    Args:
        case: its seed decides all of it, its kind the numbers.
    """

    def __init__(self, case: Case, salt: int = 0) -> None:
        self._random = random.Random(f"{case.seed}/{salt}")
        self._kind = case.kind
        self.inputs: list[Any] = []
        self.nodes: list[Node] = []
        self.operations: list[tuple[str, tuple[int, ...]]] = []
        self.names: dict[str, int] = {}

    def number(self) -> Any:
        """A number of the case's kind; an int now and then."""
        match self._kind:
            case "small integers":
                return self._random.randint(-3, 3)
            case "huge":
                return self._random.choice((-1e4, 1e4, 30.0, -30.0, 400.0))
            case "equal":
                return 1.5
            case _:
                return self._random.choice((round(self._random.gauss(0, 1), 2), self._random.gauss(0, 1)))

    def constants(self, numbers: list[Any]) -> None:
        """Plain numbers, which come before all Values."""
        for value in numbers:
            self.inputs.append(value)
            self.nodes.append(Node(float(value), _is_short(value), True))

    def leaves(self, count: int) -> None:
        """Values of the numbers that stand first, called a, b, c."""
        for place in range(count):
            self._append("Value", (place,), self.nodes[place].data, self.nodes[place].exact)
            self.names[LETTERS[place]] = len(self.nodes) - 1

    def grow(self) -> None:
        """One more operation, on what is there by now: the last value more often than others."""
        for _ in range(20):
            name, places = self._proposed()
            found = _computed(name, [self.nodes[place] for place in places])
            if found is not None:
                self._append(name, places, *found)
                return
        last = self._values()[-1]
        self._append("neg", (last,), -self.nodes[last].data, self.nodes[last].exact)

    def _proposed(self) -> tuple[str, tuple[int, ...]]:
        chosen, values = self._random, self._values()
        first = values[-1] if chosen.random() < 0.5 else chosen.choice(values)
        if chosen.random() < 0.3:
            return chosen.choice(UNARY), (first,)
        if chosen.random() < 0.2:
            return "**", (first, self._exponent())
        places = [first, chosen.choice(range(len(self.nodes)))]
        chosen.shuffle(places)
        return chosen.choice(BINARY), (places[0], places[1])

    def _exponent(self) -> int:
        """The place of an exponent among the plain numbers."""
        first = next(place for place, node in enumerate(self.nodes) if not node.plain)
        return self._random.randrange(max(0, first - len(EXPONENTS)), first)

    def _values(self) -> list[int]:
        return [place for place, node in enumerate(self.nodes) if not node.plain]

    def apply(self, name: str, *places: int) -> int:
        """One certain operation; the place of its value."""
        found = _computed(name, [self.nodes[place] for place in places])
        data, exact = found if found is not None else (0.0, False)
        self._append(name, places, data, exact)
        return len(self.nodes) - 1

    def _append(self, name: str, places: tuple[int, ...], data: float, exact: bool) -> None:
        self.operations.append((name, places))
        self.nodes.append(Node(data, exact, False))

    @property
    def last(self) -> int:
        """The place of the last value."""
        return len(self.nodes) - 1

    def pruned(self) -> int:
        """Take out what the last value was not computed from, but for the leaves; its new place."""
        kept = {self.last, *self.names.values()}
        first = len(self.inputs)
        for place in range(self.last, first - 1, -1):
            if place in kept:
                kept.update(self.operations[place - first][1])
        places = [place for place in range(len(self.nodes)) if place < first or place in kept]
        moved = {old: new for new, old in enumerate(places)}
        self.operations = [
            (name, tuple(moved[each] for each in operands))
            for place, (name, operands) in enumerate(self.operations, first)
            if place in moved
        ]
        self.nodes = [self.nodes[place] for place in places]
        self.names = {name: moved[place] for name, place in self.names.items()}
        return self.last

    def program(self, *results: int) -> Program:
        """Compute it; then `backward` of some of its values, y first, and a look at all of them after each."""
        named = {**self.names, **dict(zip("yzuw", results, strict=False))}
        steps: Program = [
            Compute(inputs=tuple(self.inputs), operations=tuple(self.operations), into="v", names=named),
            self.look(named),
        ]
        for name in list(named)[len(self.names) :]:
            steps += [Call(target=f"{name}.backward"), self.look(named)]
        return steps

    def look(self, named: dict[str, int]) -> Look:
        """At every Value, under its name where it has one."""
        names = {place: name for name, place in named.items()}
        handles = [Handle(names[place]) if place in names else Handle("v", (place,)) for place in self._values()]
        return Look(of=tuple(handles), attributes=ATTRIBUTES)


def _is_short(number: float) -> bool:
    """Whether a number has so few digits that products of a few of them are exact."""
    return float(number) * 4 == int(float(number) * 4) and abs(number) < 64


def _computed(name: str, nodes: list[Node]) -> tuple[float, bool] | None:
    """What an operation gives, and whether it is exact; None where it is not to be asked."""
    first = nodes[0]
    exact = all(node.exact for node in nodes)
    other = nodes[1] if len(nodes) > 1 else first
    if all(node.plain for node in nodes) or (name == "**" and not other.plain):
        return None
    match name:
        case "+":
            data = first.data + other.data
        case "-":
            data = first.data - other.data
        case "*":
            data = first.data * other.data
        case "neg":
            data = -first.data
        case "/":
            if abs(other.data) < NEAR:
                return None
            data, exact = first.data / other.data, False
        case "**":
            return _power(first, other.data)
        case "exp":
            if first.data > 9:
                return None
            data, exact = math.exp(first.data), False
        case "tanh":
            data, exact = math.tanh(first.data), False
        case _:
            if not first.exact and abs(first.data) < NEAR:
                return None
            data = max(first.data, 0.0)
    return (data, exact and _is_short(data)) if abs(data) <= MOST else None


def _power(base: Node, exponent: float) -> tuple[float, bool] | None:
    """A power, where it and its derivative are real, finite, and not at the mercy of rounding."""
    whole = exponent == int(exponent)
    if exponent < 1 and exponent != 0 and base.data < NEAR and (not whole or abs(base.data) < NEAR):
        return None
    if not whole and base.data < NEAR:
        return None
    if exponent == 1 and base.data == 0:  # 0 to the power of 0, which is 1
        return base.data, base.exact
    data = base.data**exponent
    exact = base.exact and whole and exponent >= 0
    return (data, exact and _is_short(data)) if abs(data) <= MOST else None
