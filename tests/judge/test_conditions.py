"""The reference that is wrong under one condition: what is asked, what it does, and that checks which lack something let it through."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
import torch

from judge.authoring.answers import AnswerJudge
from judge.authoring.conditions import conditional_mutants
from judge.authoring.equivalents import read_conditions
from judge.authoring.spoiling import overwritten, spoiled, strides_of, wanting_of
from judge.explain.edits.mutants import Mutant
from judge.isolation import Sandbox
from judge.verdict import Kind
from problems import find_problem
from problems.problem import Problem

SEED = 1


def conditions(problem: Problem, answers: AnswerJudge) -> dict[str, Mutant]:
    return {each.change: each for each in conditional_mutants(problem, answers.programs(SEED))}


@pytest.fixture(scope="module")
def lstm() -> Problem:
    return find_problem("lstm")


LSTM = (
    "lstm is wrong from the second call on",
    "lstm is wrong without gradients",
    "lstm is wrong in inference mode",
    "lstm is wrong where the first argument alone wants a gradient",
    "lstm is wrong in float32",
    "lstm is wrong where an array does not lie in order",
    "lstm is wrong where numbers are tiny",
    "lstm is wrong where size 1 of x is 64",
    "lstm is wrong where size 0 of x and size 1 of x and size 2 of x are 9 at least",
    "lstm is wrong where an earlier result shares its memory",
)
ATTENTION = (
    "MultiHeadAttention.forward is wrong in evaluation",
    "MultiHeadAttention.forward is wrong with frozen weights",
    "MultiHeadAttention.forward is wrong in all objects but the newest",
    "MultiHeadAttention.forward is wrong where mask is not what it is by default",
)


@pytest.mark.parametrize(("slug", "changes"), [("lstm", LSTM), ("multi_head_attention", ATTENTION)])
def test_each_condition_is_asked_about_and_rejected(slug: str, changes: Sequence[str], sandbox: Sandbox) -> None:
    problem = find_problem(slug)
    answers = AnswerJudge(problem, sandbox)
    every = conditions(problem, answers)
    for change in changes:
        verdict = answers.judge(every[change].source, SEED, first_failure_only=True)
        assert verdict.verdict is Kind.WRONG_ANSWER, change


LACKING = {
    "lstm is wrong without gradients": ("agrees-with-reference", "larger-sizes"),
    "lstm is wrong where size 1 of x is 64": ("agrees-with-reference", "in-every-mode"),
    "lstm is wrong where an earlier result shares its memory": ("agrees-with-reference", "larger-sizes"),
}


@pytest.mark.parametrize("change", LACKING)
def test_checks_that_lack_a_condition_let_it_through(change: str, lstm: Problem, sandbox: Sandbox) -> None:
    answers = AnswerJudge(lstm, sandbox)
    source = conditions(lstm, answers)[change].source
    assert answers.judge(source, SEED, first_failure_only=True, checks=LACKING[change]).accepted


def test_sizes_that_no_case_has_are_not_asked_about(lstm: Problem, sandbox: Sandbox) -> None:
    every = conditions(lstm, AnswerJudge(lstm, sandbox))
    assert not any("size 0 of w_ih is 17" in change for change in every), "w_ih has four times as many rows as H"
    assert not conditional_mutants(lstm, [])


def test_a_condition_is_marked_with_a_reason_or_it_is_a_fault(lstm: Problem, tmp_path, sandbox: Sandbox) -> None:
    every = list(conditions(lstm, AnswerJudge(lstm, sandbox)).values())
    marked = msgspec.structs.replace(lstm, folder=tmp_path)
    text = '[[condition]]\nchange = "{}"\nreason = "{}"\n'
    good = text.format("lstm is wrong in float32", "The statement promises float64 alone, which this test makes up.")
    bad = text.format("lstm is wrong in float32", "so") + text.format(
        "lstm is wrong on Sundays", "Nobody works then, and so on."
    )
    (tmp_path / "mutants.toml").write_text(good)
    found = read_conditions(marked, every)
    assert (len(found.reasons), found.faults) == (1, ())
    (tmp_path / "mutants.toml").write_text(bad)
    first, second = read_conditions(marked, every).faults
    assert "no reason" in first
    assert "no condition" in second


@pytest.mark.parametrize(
    "value",
    [
        1,
        0,
        True,
        2.5,
        0.0,
        float("nan"),
        "text",
        "",
        [1, 2],
        [],
        (1.0, 2.0),
        None,
        np.zeros(3),
        np.array([1, 2]),
        np.array(1.0),
    ],
    ids=repr,
)
def test_what_is_spoiled_is_another_value_of_the_same_kind(value: object) -> None:
    found = spoiled(value)
    assert not np.array_equal(np.asarray(found, dtype=object), np.asarray(value, dtype=object))
    assert value is None or type(found) in (type(value), int, float, np.float64, np.ndarray)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.bool])
def test_a_tensor_keeps_its_dtype_and_shape_and_moves(dtype: torch.dtype) -> None:
    value = torch.tensor([[1, 0], [1, 1]]).to(dtype)
    found = spoiled(value)
    assert (found.dtype, found.shape) == (value.dtype, value.shape)
    assert bool((found != value).all())


def test_of_a_tensor_the_gradient_is_off_too() -> None:
    x = torch.ones(2, requires_grad=True)
    spoiled(x * 2).sum().backward()
    assert torch.allclose(x.grad, torch.full((2,), 2.02))


def test_results_share_their_memory_where_shapes_are_the_same() -> None:
    first = overwritten((np.ones(2), np.ones(3)))
    second = overwritten((np.zeros(2), np.zeros(3)))
    assert first[0] is second[0]
    assert not first[0].any()
    assert overwritten(np.ones(4)) is not first[0]


def test_how_arguments_lie_and_what_they_want() -> None:
    row = torch.ones(1, 3).expand(2, 3)
    given = {"a": torch.ones(2, 3).t(), "b": row, "c": 3, "d": torch.ones(2, requires_grad=True)}
    assert strides_of(given) == [(False, False), (False, True), (True, False)]
    assert wanting_of(given) == [False, False, True]
