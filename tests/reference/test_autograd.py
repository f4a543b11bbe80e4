"""The engine against torch's own, and against finite differences."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch

from reference.autograd import Value

EXPRESSIONS: dict[str, Callable[[Any, Any], Any]] = {
    "sum": lambda a, b: a + b + 2 + (3 + a),
    "difference": lambda a, b: a - b - 1.5 - (2 - b),
    "product": lambda a, b: a * b * 2 * a + 3 * b,
    "quotient": lambda a, b: a / b + 1 / a - b / 4,
    "powers": lambda a, b: a**2 + b**3 - a**-1 + b**0 + a**1 + (a * a) ** 0.5,
    "exp": lambda a, b: (a * b).exp() * b,
    "tanh": lambda a, b: (a + b).tanh() / a.tanh(),
    "relu": lambda a, b: (a - b).relu() * (b - a).relu() + (a * a).relu(),
    "shared": lambda a, b: (lambda c: (lambda d: c * d + c + d * d)(c * c + a))(a * b),
    "negated": lambda a, b: -(a * -b) - -a,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_data_and_gradients_are_those_of_torch(name: str) -> None:
    drawn = random.Random(name)
    for _ in range(10):
        numbers = [drawn.choice((-1, 1)) * drawn.uniform(0.3, 2) for _ in range(2)]
        mine = [Value(number) for number in numbers]
        theirs = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in numbers]
        result, right = EXPRESSIONS[name](*mine), EXPRESSIONS[name](*theirs)
        result.backward()
        right.backward()
        assert result.data == pytest.approx(right.item(), rel=1e-12)
        for value, tensor in zip(mine, theirs, strict=True):
            assert value.grad == pytest.approx(0.0 if tensor.grad is None else tensor.grad.item(), rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in EXPRESSIONS if name != "relu"])
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    numbers, step = (0.7, -0.4), 1e-5
    values = [Value(number) for number in numbers]
    EXPRESSIONS[name](*values).backward()
    for place, value in enumerate(values):
        ends = []
        for shift in (step, -step):
            moved = [number + shift * (other == place) for other, number in enumerate(numbers)]
            ends.append(EXPRESSIONS[name](*map(Value, moved)).data)
        assert value.grad == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-6, abs=1e-8)


def test_calls_accumulate_as_derivatives() -> None:
    a, b = Value(2), Value(3.0)
    c = a * b
    y, z = c * c, c + a
    y.backward()
    y.backward()
    z.backward()
    assert (a.grad, b.grad, c.grad) == (2 * 36 + 4, 2 * 24 + 2, 2 * 12 + 1)
    assert (y.grad, z.grad) == (2.0, 1.0)


def test_conventions_at_zero() -> None:
    for make, right in ((Value.relu, 0.0), (lambda value: value**0, 0.0), (lambda value: value**1, 1.0)):
        value = Value(0)
        make(value).backward()
        assert value.grad == right


def test_a_deep_graph_and_one_with_many_ways_back() -> None:
    start = value = Value(1)
    for _ in range(20_000):
        value = value + 1
    value.backward()
    assert start.grad == 1.0
    start = value = Value(0.5)
    for _ in range(500):
        value = (value + value) * 0.5
    value.backward()
    assert start.grad == 1.0
