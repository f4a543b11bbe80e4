"""Plain Python values: their types exactly, integers and texts exactly, floats but for rounding."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pytest

from problems.asks import Unreadable
from problems.comparison import Finding, Plain, Rough
from problems.plain import EPS, same_float, same_plain, type_fault, value_fault

RESULT = Plain()


class Pair(NamedTuple):
    first: int
    second: int


def none(eps: float, runs: int) -> Rough:
    raise AssertionError("this needs no closer look")


def steady(*values: Any, largest: float = 0.0) -> Any:
    return lambda eps, runs: Rough(list(values), largest)


def found(mine: Any, right: Any, rough: Any = none, layout: Plain = RESULT) -> Finding | None:
    return type_fault(mine, right, layout) or value_fault(mine, right, rough, layout)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -3,
        0.5,
        math.inf,
        "text",
        b"bytes",
        [],
        [1, [2.0, "x"]],
        (1, "a"),
        {"a": [1], 2: None},
        [(1, 2), (3, 4)],
    ],
)
def test_a_value_is_itself(value: Any) -> None:
    assert found(value, value) is None
    assert same_plain(value, value)


@pytest.mark.parametrize(
    ("mine", "right", "words"),
    [
        (1, True, "you returned an int (1); expected a bool"),
        (True, 1, "you returned a bool (True); expected an int"),
        (2, 2.0, "you returned an int (2); expected a float"),
        ([1], (1,), "you returned a list; expected a tuple"),
        (None, [1], "you returned None; expected a list"),
        ((1, 2), (1, 2, 3), "you returned a tuple of 2; expected a tuple of 3"),
        ([1, 2.0], [1, 2], "result[1] is a float (2.0); expected an int"),
        ([(1, 2), [3, 4]], [(1, 2), (3, 4)], "result[1] is a list; expected a tuple"),
        ({"a": 1}, {"a": "1"}, "result['a'] is an int (1); expected a str"),
        (Unreadable("Value", "a Value"), 1.0, "you returned a Value; expected a float"),
        ([1, Unreadable("generator", "a generator")], [1, 2], "result[1] is a generator; expected an int"),
        ("a", b"a", "you returned a str; expected bytes"),
    ],
)
def test_another_type_is_a_wrong_shape(mine: Any, right: Any, words: str) -> None:
    finding = found(mine, right)
    assert finding is not None
    assert (finding.verdict, finding.sentence) == ("wrong_shape", words)


@pytest.mark.parametrize(
    ("mine", "right", "words"),
    [
        (3, 4, "the result is 3; expected 4"),
        ("ab", "abc", "the result is 'ab'; expected 'abc'"),
        ([1, 2], [1, 2, 3], "the result has 2 items; expected 3"),
        ([1], [], "the result has 1 item; expected 0"),
        ([(1, 2), (3, 5)], [(1, 2), (3, 4)], "result[1][1] is 5; expected 4"),
        ({"a": 1}, {"a": 1, "b": 2}, "the result has no 'b'"),
        ({"a": 1, "c": 2}, {"a": 1}, "the result has 'c', which does not belong there"),
        (math.nan, 1.0, "the result is nan; expected 1"),
        (1.0, math.inf, "the result is 1; expected inf"),
        (True, False, "the result is True; expected False"),
    ],
)
def test_another_value_is_a_wrong_answer(mine: Any, right: Any, words: str) -> None:
    finding = found(mine, right)
    assert finding is not None
    assert (finding.verdict, finding.sentence) == ("wrong_answer", words)


def test_a_named_part_is_called_by_its_name_and_shown_alone() -> None:
    layout = Plain(parts=("a.data", "a.grad"))
    finding = found([1.0, 2.0], [1.0, 3.0], steady(), layout)
    assert finding is not None
    assert finding.sentence == "a.grad is 2; expected 3"
    assert (finding.expected, finding.actual) == (3.0, 2.0)


def test_of_a_long_result_the_part_that_is_wrong_is_shown() -> None:
    right = [([place] * 10, 0.5) for place in range(30)]
    mine = [*right[:20], ([20] * 9 + [7], 0.5), *right[21:]]
    finding = found(mine, right)
    assert finding is not None
    assert finding.sentence == "result[20][0][9] is 7; expected 20"
    assert (finding.expected, finding.actual) == (right[20], mine[20])
    short = found([1, [2, 4]], [1, [2, 3]])
    assert short is not None
    assert (short.expected, short.actual) == ([1, [2, 3]], [1, [2, 4]])


def test_a_named_tuple_came_through_the_door_as_a_tuple_and_types_come_before_values() -> None:
    assert found([(1, 2)], [tuple(Pair(1, 2))]) is None
    finding = found([5, 1.0], [1, 1])
    assert finding is not None
    assert finding.verdict == "wrong_shape"


def test_floats_may_be_off_by_rounding_each_by_its_own() -> None:
    assert found(0.1 + 0.2, 0.3) is None
    assert found([1e9, 1e-9 * (1 + 10 * EPS)], [1e9, 1e-9]) is None
    finding = found([1e9, 1.001e-9], [1e9, 1e-9], steady([1e9, 1e-9], [1e9, 1e-9]))
    assert finding is not None
    assert "result[1]" in finding.sentence


def test_what_the_reference_is_off_by_an_answer_may_be_as_well() -> None:
    off = 1000 * EPS
    assert not same_float(1 + off, 1.0, steady(1.0))
    assert same_float(1 + off, 1.0, steady(1 + off / 8))
    assert same_float(1 + off, 1.0, steady(1.0, largest=300.0))
    assert not same_float(1 + off, 1.0, steady(1.0, largest=100.0))
    assert same_float(3 * EPS, 0.0, steady(0.0, largest=1.0))
    assert not same_float(3 * EPS, 0.0, steady(0.0, largest=0.1))
    assert same_float(math.nan, math.nan, none)
    assert not same_float(math.inf, -math.inf, none)


def test_a_run_that_took_another_way_tells_nothing() -> None:
    assert found([1.1], [1.0], steady([], "text", None, [[2.0]])) is not None


def test_equal_to_the_last_bit() -> None:
    assert not same_plain(1, True)
    assert not same_plain([1, 2], [1, 2, 3])
    assert not same_plain({"a": 1}, {"a": 1.0})
    assert not same_plain(0.1 + 0.2, 0.3)
    assert same_plain([math.nan], [math.nan])


def test_a_float_that_is_off_by_little_is_looked_at_in_more_runs():
    def rough(eps: float, runs: int) -> Rough:
        return Rough([0.0 if runs < 10 else 5e-14], 500.0)

    assert found(2e-14, 0.0, rough) is None
    assert found(1e-12, 0.0, rough) is not None
    assert found(1e-3, 0.0, lambda eps, runs: rough(eps, 3)) is not None
