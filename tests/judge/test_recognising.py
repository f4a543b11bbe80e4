"""Right answers are recognised from their frames: what is recognised is right, and little that is right is not recognised."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from judge.cases.recognising import KnownRight
from judge.isolation import open_sandbox
from problems import all_problems
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
    RightAnswers,
    Sufficient,
    plain,
)
from sandbox.guest.wire import Opened, body
from tests.recognised import answers, made_ahead, seen

# Problems with much that is looked at by functions of their own, of which nothing can be said before.
OWN_CHECKS = {"sampling": 0.0, "beam_search": 0.8, "rope": 0.85, "rnn_backward": 0.75}


@pytest.mark.parametrize("problem", [problem.slug for problem in all_problems()])
def test_what_is_recognised_is_right(problem: str):
    """One right answer and one wrong one of every framework; `python -m tests.recognised` has all of them."""
    with open_sandbox("auto") as sandbox:
        sets: dict[str, Any] = {}
        for kind in ("right", "wrong"):
            known: set[str] = set()
            for submission in answers(problem, [kind]):
                framework = submission.framework.name
                if framework in known:
                    continue
                known.add(framework)
                sets[framework] = sets.get(framework) or made_ahead(submission)
                found = seen(submission, sets[framework], sandbox)
                assert found.unsound == [], found.name
                if kind == "right":
                    assert found.recognised >= 0.95 * found.could, found
                    assert found.could >= OWN_CHECKS.get(problem, 0.9) * found.cases, found


def opened(fields: dict[str, Any]) -> Opened:
    """An answer as it comes through the door."""
    return Opened(*body({"program": 0, "step": 0, "last": True, **fields}, torch, keep_layout=False))


def knows(value: Any, wanted: Sufficient) -> bool:
    """Whether an answer with this value is recognised."""
    return KnownRight([RightAnswers({0: {"value": wanted}})]).knows(0, opened({"value": value}))


def array(numbers: list[float], bound: float, **more: Any) -> Numbers:
    exact = memoryview(np.array(numbers, dtype=np.float64).tobytes())
    return Numbers(
        **{"is_tensor": True, "dtype": "float32", "shape": (len(numbers),), "exact": exact, "bound": bound} | more
    )


def test_numbers_are_within_the_bound():
    wanted = array([1.0, -2.0], 0.25)
    assert knows(torch.tensor([1.25, -2.25]), wanted)
    assert not knows(torch.tensor([1.26, -2.0]), wanted)
    assert not knows(torch.tensor([1.0, math.nan]), wanted)
    assert not knows(torch.tensor([1.0, -math.inf]), wanted)
    assert not knows(torch.tensor([1.0, -2.0], dtype=torch.float64), wanted)
    assert not knows(torch.tensor([[1.0, -2.0]]), wanted)
    assert not knows(np.array([1.0, -2.0], dtype=np.float32), wanted)
    assert not knows([1.0, -2.0], wanted)


def test_infinite_numbers_and_none_at_all_are_told_apart():
    wanted = array([math.inf, math.nan, 1.0], 0.5)
    assert knows(torch.tensor([math.inf, math.nan, 1.25]), wanted)
    assert not knows(torch.tensor([-math.inf, math.nan, 1.0]), wanted)
    assert not knows(torch.tensor([math.inf, 0.0, 1.0]), wanted)


def test_half_precision_is_read_as_what_it_is():
    wanted = array([1.0, -3.0], 0.01, dtype="bfloat16")
    assert knows(torch.tensor([1.0, -3.0], dtype=torch.bfloat16), wanted)
    assert not knows(torch.tensor([1.0, -3.1], dtype=torch.bfloat16), wanted)
    assert knows(torch.tensor([1.0, -3.0], dtype=torch.float16), array([1.0, -3.0], 0.01, dtype="float16"))


def test_only_a_row_may_count():
    wanted = array([3.0, 4.0], 0.1, shape=(2, 2), first=2, count=2)
    assert knows(torch.tensor([[9.0, 9.0], [3.0, 4.0]]), wanted)
    assert not knows(torch.tensor([[3.0, 4.0], [9.0, 9.0]]), wanted)


def test_whole_numbers_are_equal_and_of_their_dtype():
    exact = memoryview(np.array([1, 2], dtype=np.int64).tobytes())
    wanted = Numbers(True, "int64", (2,), exact)
    assert knows(torch.tensor([1, 2]), wanted)
    assert not knows(torch.tensor([1, 3]), wanted)
    assert not knows(torch.tensor([1, 2], dtype=torch.int32), wanted)


def test_a_number_will_do_for_an_array_of_none():
    wanted = array([1.5], 0.01, is_tensor=False, dtype="float64", shape=(), number=True)
    assert knows(1.5, wanted)
    assert knows(np.float64(1.505), wanted)
    assert not knows(1.6, wanted)
    assert not knows(1, wanted)
    assert not knows(1.5, array([1.5], 0.01, is_tensor=False, dtype="float64", shape=()))


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (None, 0),
        (True, 1),
        (1, True),
        (1, 1.0),
        (2.0, 2),
        ("a", "b"),
        ([1, 2], (1, 2)),
        ([1, 2], [1, 2, 3]),
        ((1, 2), (1,)),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({1: "x"}, {2: "x"}),
        ({1: "x"}, {1: "y"}),
        (math.nan, 1.0),
        (math.inf, -math.inf),
        (1.0, 1.0 + 1e-12),
        ([{"a": (1, None)}], [{"a": (1, 0)}]),
    ],
)
def test_plain_values_are_of_their_types_and_equal(value: Any, other: Any):
    assert knows(value, plain(value))
    assert not knows(other, plain(value))


def test_rounding_of_a_float_is_none_of_its_own():
    assert knows(1.0 + 2e-16, plain(1.0))
    assert not knows(1.0 + 2e-16, plain(1.0, same=True))


def test_order_of_a_dict_counts_where_it_is_to_be_the_same():
    assert knows({"b": 1, "a": 2}, plain({"a": 2, "b": 1}))
    assert not knows({"b": 1, "a": 2}, plain({"a": 2, "b": 1}, same=True))


def test_types_alone_may_count():
    assert knows([3, 2.5, "x", True], plain([1, 1.0, "y", False], types_only=True))
    assert not knows([3.0, 2.5, "x", True], plain([1, 1.0, "y", False], types_only=True))
    assert knows(10**30, OfType("int"))
    assert knows(object(), Anything())


RAISED = {
    "type": "ValueError",
    "bases": ["ValueError", "Exception", "BaseException", "object"],
    "message": "no",
    "memory": False,
    "frames": [],
}


def test_exceptions_are_recognised_by_their_bases():
    def raised(wanted: Raises, **more: Any) -> bool:
        known = KnownRight([RightAnswers({0: {"failure": wanted}})])
        return known.knows(0, opened({"raised": RAISED | more}))

    assert raised(Raises("ValueError"))
    assert raised(Raises(""))
    assert not raised(Raises("TypeError"))
    assert not raised(Raises("ValueError"), memory=True)


def test_an_exception_is_no_value_and_a_value_no_exception():
    value = KnownRight([RightAnswers({0: {"value": Anything()}})])
    assert not value.knows(0, opened({"raised": RAISED, "value": 1}))
    assert not value.knows(0, opened({"part": ["missing", "x"], "value": 1}))
    assert not value.knows(0, opened({}))
    failure = KnownRight([RightAnswers({0: {"failure": Raises("")}})])
    assert not failure.knows(0, opened({"value": 1}))


def test_what_is_not_known_is_not_recognised():
    assert not KnownRight([None]).knows(0, opened({"value": 1}))
    assert not KnownRight([RightAnswers({1: {}})]).knows(0, opened({"value": 1}))
    assert KnownRight([RightAnswers({0: {}})]).knows(0, opened({"value": 1}))


@pytest.mark.parametrize(
    "node",
    [
        {"x": 7, "y": "float32", "s": [2], "r": None, "n": 0, "u": 0},
        {"x": 0, "y": "float32", "s": [3], "r": None, "n": 0, "u": 0},
        {"x": 0, "y": "float32", "s": [2], "r": [1], "n": 0, "u": 0},
        {"x": 0, "y": "float32", "s": [2], "r": None, "n": 4, "u": 0},
        {"x": 0, "y": "float64", "s": [2], "r": None, "n": 0, "u": 0},
        {"x": True, "y": "float32", "s": [2], "r": None, "n": 0, "u": 0},
        {"x": 0, "y": "float32", "s": [2.0], "r": None, "n": 0, "u": 0},
        {"x": 0},
        {},
        [],
        None,
        "x",
    ],
)
def test_frames_that_nothing_sends_are_not_recognised(node: Any):
    found = opened({"value": torch.tensor([1.0, 2.0])})
    known = KnownRight([RightAnswers({0: {"value": array([1.0, 2.0], 0.1)}})])
    assert known.knows(0, found)
    found.node["m"]["value"] = node
    assert not known.knows(0, found)


def test_containers_are_described_place_by_place():
    wanted = Items(False, (Near(1.0, 0.1), Named({"a": Exactly(2)}), Pairs(((Exactly(1), Exactly("x")),))))
    assert knows((1.05, {"a": 2}, {1: "x"}), wanted)
    assert not knows((1.2, {"a": 2}, {1: "x"}), wanted)
    assert not knows([1.05, {"a": 2}, {1: "x"}], wanted)
