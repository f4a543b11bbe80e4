"""A reference in plain Python with every operation a little off, and what such a one is asked."""

from __future__ import annotations

from typing import Any

import pytest

from judge.oracle.noise_python import Rounding, rounding_names
from judge.oracle.reference import Expected, PlainReference
from problems.asks import Answers, Call, Compute, Construct, Given, Handle, Look, Overwrite, Program, Put
from problems.comparison import Finding, Plain
from problems.plain import value_fault

SOURCE = """
import math
from math import exp as e


class Box:
    def __init__(self, x):
        self.x = x
        self.seen = []

    def add(self, y):
        self.x += y
        self.seen += [y]
        return self.x


def f(x, y):
    total = x * y
    total += 1
    total -= 0.5
    return total / 3 + math.sqrt(4.0) - e(0.0) + sum([x, y, 0.25]) ** 2


def kinds(x, n, text, items):
    items = items + [n // 2]
    text += "!"
    return [x - x, n + 1, text, items, n % 2 == 0, n * 1.0]


def root(x):
    return math.sqrt(x - x * 1.0 * 1.0)


def cancelled(x):
    return (x + 1e8) - 1e8


def careless(x, keep=[]):
    keep.append(x)
    return list(keep)


def asked(model, prefix):
    return model(prefix)
"""


def names(source: str = SOURCE) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(source, space)
    return space


def reference(source: str = SOURCE) -> PlainReference:
    return PlainReference(source, names(source))


def test_without_an_error_nothing_changes() -> None:
    rounding = Rounding()
    found = rounding_names(SOURCE, rounding)
    assert found["f"](1.5, -0.7) == names()["f"](1.5, -0.7)
    box = found["Box"](0.5)
    seen = box.seen
    assert (box.add(1), box.seen, box.seen is seen) == (1.5, [1], True)
    assert rounding.largest > 1


def test_every_operation_on_floats_is_off_and_nothing_else() -> None:
    rounding = Rounding()
    found = rounding_names(SOURCE, rounding)
    rounding.begin(1e-6, 3)
    assert 0 < abs(found["f"](1.5, -0.7) - names()["f"](1.5, -0.7)) < 1e-4
    nothing, *others, product = found["kinds"](1.5, 7, "a", ["b"])
    assert (nothing, others) == (0.0, [8, "a!", ["b", 3], False])
    assert type(product) is float
    assert product != 7.0
    rounding.begin(1e-6, 3)
    first = found["f"](1.5, -0.7)
    rounding.begin(1e-6, 3)
    assert found["f"](1.5, -0.7) == first


def finding(mine: float, x: float) -> Finding | None:
    program: Program = [Call(target="cancelled", args=(x,))]
    right = Expected(reference(), program, 5)
    from problems.agreement import StepExpected

    return value_fault(mine, right.exact(0).value, StepExpected(right, 0).rough, Plain())


def test_the_bound_follows_the_cancellation_in_the_reference() -> None:
    x = 0.3
    exact = names()["cancelled"](x)
    assert finding(exact + 1e-8, x) is None  # eps of 1e8: another order of operations is off by as much
    assert finding(exact + 1e-5, x) is not None


def test_a_run_that_ends_in_an_exception_tells_nothing() -> None:
    program: Program = [Call(target="root", args=(3.0,))]
    right = Expected(reference(), program, 1)
    assert right.exact(0).value == 0.0
    runs, largest = right.rough(0, 1e-3, 6)
    assert 0 < len(runs) < 6  # the root of a negative number, half of the times
    assert largest >= 3.0


def answers(program: Program) -> Answers:
    return reference().answers(program)


def test_objects_are_made_combined_and_looked_at() -> None:
    program: Program = [
        Construct(target="Box", args=(2.5,), into="box"),
        Call(target="box.add", args=(1,), into="sum"),
        Compute(inputs=(4.0, 2), operations=(("Box", (0,)), ("add", (2, 1)), ("+", (-1, 1))), times=2, names={"b": 2}),
        Compute(inputs=(Handle("b"), 9.0), operations=(("x=", (0, 1)),), into="set"),
        Look(of=(Handle("box"), Handle("b"), Handle("v", (5,))), attributes=("x", "seen")),
    ]
    found = answers(program)
    assert found[1].value == 3.5
    assert found[4].value == [3.5, [1], 9.0, [2, 2], 4.0, []]


def test_lists_are_overwritten_in_place_and_a_program_keeps_its_own() -> None:
    given = [1, 2]
    program: Program = [
        Put(into="held", value=given),
        Overwrite(into="held", value=[3]),
        Call(target="kinds", args=(1.0, 1, "", Handle("held"))),
    ]
    assert answers(program)[2].value[3] == [3, 0]
    assert given == [1, 2]


def test_a_function_is_given_and_counts_its_calls() -> None:
    model = Given("token_scores", {"vocabulary": 3, "seed": 7, "scores": "quarters"})
    program: Program = [
        Put(into="model", value=model),
        Call(target="asked", args=(Handle("model"), [0, 1])),
        Call(target="asked", args=(Handle("model"), (0, 1))),
        Call(target="asked", args=(model, [])),
        Look(of=(Handle("model"),), attributes=("calls",)),
    ]
    found = answers(program)
    assert found[1].value == found[2].value
    assert found[3].value != found[1].value
    assert all(-1.5 <= score <= -0.25 for score in found[1].value)
    assert found[4].value == [2]


def test_a_mistake_may_raise_and_another_reference_may_not() -> None:
    tolerant = PlainReference(SOURCE, names(), tolerant=True)
    program: Program = [Call(target="f", args=(1.0, "x")), Call(target="f", args=(1.0, 2.0))]
    found = tolerant.answers(program)
    assert found[0].failure is not None
    assert found[0].failure.type_name == "TypeError"
    assert list(found) == [0]
    from judge.verdict import ProblemError

    with pytest.raises(ProblemError, match="the reference raised TypeError"):
        answers(program)
