"""Numbers that are right in any style are taken, and numbers that are a little wrong are not."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from functools import cache
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
import styles
import torch

from judge.cases import Drawing, load_checks
from judge.oracle import Expected, Reference, load_module
from problems import find_problem
from problems.asks import Answer, Program, Unreadable
from problems.cases import Case
from problems.checks import CaseAnswers, Check
from problems.comparison import (
    Layout,
    Rough,
    as_tensor,
    compare,
    compare_array,
    dtype_name,
    is_array,
    leaves,
    said,
    shape_fault,
    structure_fault,
)
from problems.patterns import axis_names, pattern_lines, place_lines

STYLES: dict[str, dict[str, dict[str, Any]]] = {
    "multi_head_attention": {style.__name__: {"MultiHeadAttention": style} for style in styles.ATTENTION},
    "lstm": {name: {"lstm": function} for name, function in styles.LSTM.items()},
    "lora": {style.__name__: {"LoRALinear": style} for style in styles.LORA},
}
COUNTS = {"agrees-with-reference": 200, "gradients": 100, "saturated-gates": 60}


@cache
def reference(slug: str) -> Reference:
    return Reference(vars(load_module(find_problem(slug).reference, f"_tested_{slug}")))


@cache
def checks(slug: str) -> dict[str, Check]:
    return {check.name: check for check in load_checks(find_problem(slug)) if not check.timed}


@cache
def drawn(slug: str, name: str, count: int) -> list[tuple[Case, Program, Expected]]:
    check = msgspec.structs.replace(checks(slug)[name], cases=count)
    found = []
    for case in Drawing(check, 20).cases():
        program = check.ask(case)
        found.append((case, program, Expected(reference(slug), program, case.seed)))
    return found


def asked(case: Case, program: Program, right: Expected, answers: dict[int, Answer]) -> CaseAnswers:
    return CaseAnswers(case=case, program=program, answers=answers, right=right, arrays="tensor")


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize(
    ("slug", "style", "name"),
    [
        (slug, style, name)
        for slug, own in STYLES.items()
        for style in own
        for name in COUNTS
        if name != "saturated-gates" or slug == "lstm"
    ],
)
def test_right_styles_pass_at_every_size_scale_and_dtype(slug: str, style: str, name: str) -> None:
    for case, program, right in drawn(slug, name, COUNTS[name]):
        answers = Reference(STYLES[slug][style]).answers(program, case.torch_dtype)
        found = checks(slug)[name].finding(asked(case, program, right, answers))
        assert found is None, f"{case}: {found.sentence}"


@pytest.mark.parametrize("slug", STYLES)
def test_right_styles_pass_the_other_checks_as_well(slug: str) -> None:
    for name in checks(slug):
        if name in (*COUNTS, "dropout", "gradients-through-time", "long-sequences"):
            continue
        for case, program, right in drawn(slug, name, 6):
            for own in STYLES[slug].values():
                answers = Reference(own).answers(program, case.torch_dtype)
                found = checks(slug)[name].finding(asked(case, program, right, answers))
                assert found is None, f"{name}, {case}: {found.sentence}"


def spoilt(tensor: torch.Tensor, exact: torch.Tensor, chance: random.Random) -> torch.Tensor:
    """With one element off by a thousandth of the largest."""
    wrong = tensor.contiguous().clone()
    wrong.view(-1)[chance.randrange(wrong.numel())] += chance.choice((-1e-3, 1e-3)) * float(exact.abs().max())
    return wrong


def wrong_answers(answer: Answer, exact: Answer, chance: random.Random) -> list[tuple[str, torch.Tensor, Answer]]:
    """Every way of spoiling one tensor of an answer: its name, the exact one, the answer."""
    if answer.inputs is None:
        tree, rights = answer.value, leaves(exact.value)

        def rebuilt(value: Any, place: int, number: itertools.count[int]) -> Any:
            if isinstance(value, tuple):
                return tuple(rebuilt(item, place, number) for item in value)
            return spoilt(value, rights[place], chance) if next(number) == place else value

        return [
            (f"result {n}", right, msgspec.structs.replace(answer, value=rebuilt(tree, n, itertools.count())))
            for n, right in enumerate(rights)
        ]
    found = []
    for n, (mine, right) in enumerate(zip(answer.inputs, exact.inputs or [], strict=True)):
        if mine is not None:
            others = [*answer.inputs[:n], spoilt(mine, right, chance), *answer.inputs[n + 1 :]]
            found.append((f"input {n}", right, msgspec.structs.replace(answer, inputs=others)))
    for name, mine in answer.parameters.items():
        right = exact.parameters[name]
        named = {**answer.parameters, name: spoilt(mine, right, chance)}
        found.append((name, right, msgspec.structs.replace(answer, parameters=named)))
    return found


# The gradient of a key's bias is exactly zero: it adds the same to every score of a query. What comes out is rounding.
ROUNDING = "k_proj.bias"


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("multi_head_attention", "agrees-with-reference"),
        ("multi_head_attention", "gradients"),
        ("lstm", "agrees-with-reference"),
        ("lstm", "saturated-gates"),
        ("lstm", "gradients"),
        ("lora", "agrees-with-reference"),
        ("lora", "gradients"),
        ("kv_cache", "agrees-with-reference"),
    ],
)
def test_one_element_off_by_a_thousandth_fails(slug: str, name: str) -> None:
    """In float32 at ordinary values and in float64 at every value; what is small beside the numbers on the way is set apart."""
    chance, tried = random.Random(1), 0
    for case, program, right in drawn(slug, name, 100):
        least = 5e-2 if case.dtype == "float32" else 1e-3 if case.kind == "huge" else 1e-9
        if case.dtype == "float32" and case.kind != "ordinary":
            continue
        answers = reference(slug).answers(program, case.torch_dtype)
        step = max(answers)
        for what, exact, wrong in wrong_answers(answers[step], right.exact(step), chance):
            if not exact.numel() or float(exact.abs().max()) < least or what == ROUNDING:
                continue
            tried += 1
            given = asked(case, program, right, {**answers, step: wrong})
            assert checks(slug)[name].finding(given) is not None, f"{what}, {case}"
    assert tried > 40


def test_the_gradient_of_a_cache_is_not_asked_for() -> None:
    for case, program, right in drawn("kv_cache", "gradients", 20):
        answers = reference("kv_cache").answers(program, case.torch_dtype)
        step = max(answers)
        inputs = [answers[step].inputs[0], *[None] * (len(answers[step].inputs) - 1)]
        given = {**answers, step: msgspec.structs.replace(answers[step], inputs=inputs)}
        assert checks("kv_cache")["gradients"].finding(asked(case, program, right, given)) is None


@pytest.mark.parametrize("name", ["gradients"])
@pytest.mark.parametrize("slug", STYLES)
def test_a_gradient_that_is_missing_zero_or_nan_fails(slug: str, name: str) -> None:
    tried = 0
    for case, program, right in drawn(slug, name, 40):
        answers = reference(slug).answers(program, case.torch_dtype)
        step = max(answers)
        exact = right.exact(step).inputs[0]
        if exact is None:  # the others alone want a gradient
            continue
        if float(exact.abs().max()) < 1e-3 or (case.dtype == "float32" and case.kind == "huge"):
            continue
        mine = answers[step].inputs[0]
        for wrong in (None, torch.zeros_like(mine), mine * math.nan, mine[..., :0], mine.to(torch.float16)):
            inputs = [wrong, *answers[step].inputs[1:]]
            given = {**answers, step: msgspec.structs.replace(answers[step], inputs=inputs)}
            found = checks(slug)[name].finding(asked(case, program, right, given))
            assert found is not None, case
            assert found.verdict == "wrong_answer"
            tried += 1
    assert tried > 20


def test_a_gradient_that_is_zero_but_for_rounding_need_not_reach_its_parameter() -> None:
    """The bias of the keys changes no result, so a layer without it is right."""
    tried = 0
    for case, program, right in drawn("multi_head_attention", "gradients", 40):
        answers = reference("multi_head_attention").answers(program, case.torch_dtype)
        step = max(answers)
        parameters = {name: value for name, value in answers[step].parameters.items() if name != ROUNDING}
        given = {**answers, step: msgspec.structs.replace(answers[step], parameters=parameters)}
        found = checks("multi_head_attention")["gradients"].finding(asked(case, program, right, given))
        assert found is None, (case, found.sentence)
        tried += case.kind == "huge"
    assert tried > 2


# one array at a time


class Plain:
    """An expected value without any roundings to speak of."""

    def __init__(self, exact: Any) -> None:
        self._exact = exact

    def exact(self) -> Any:
        return self._exact

    def single(self) -> Any:
        return msgspec.convert(self._exact, type(self._exact)) if not is_array(self._exact) else self._exact

    def rough(self, eps: float, runs: int) -> Rough:
        return Rough([self._exact], 1.0)


def values(actual: Any, exact: Any, *, name: str = "result", largest: float = 1.0) -> Any:
    right = torch.as_tensor(exact, dtype=torch.float64) if not isinstance(exact, torch.Tensor) else exact
    return compare_array(
        actual, right, single=lambda: right.float(), rough=lambda eps, runs: Rough([right], largest), name=name
    )


def shapes(
    actual: Any, expected: Any, layout: Any, *, dtype: str = "float32", arrays: str = "tensor", **sizes: int
) -> Any:
    return shape_fault(actual, expected, layout, dtype=dtype, sizes=sizes, arrays=arrays)


OUT = Layout("result", "B T")
PAIR = (Layout("outputs", "B T H"), (Layout("h_n", "B H"), Layout("c_n", "B H")))


def test_equal_numbers_are_equal() -> None:
    assert values(torch.tensor([1.0, -2.0, 0.0]), [1.0, -2.0, 0.0]) is None


def test_rounding_of_float32_is_no_error_in_float32_and_is_one_in_float64() -> None:
    exact = torch.tensor([1 / 3, 2.0], dtype=torch.float64)
    assert values(exact.float(), exact) is None
    assert values(exact.float().double(), exact) is not None


def results(actual: torch.Tensor, exact: torch.Tensor, *, single: torch.Tensor | None = None) -> Any:
    """Values of a whole result; the reference is off by nothing, or in float32 gives `single`."""
    given = Plain(exact)
    given.single = lambda: exact.float() if single is None else single  # type: ignore[method-assign]
    return compare(actual, given, OUT)


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_half_precision_may_be_rounded_twice_and_not_computed_in(half: torch.dtype) -> None:
    x = torch.linspace(0.5, 3, 60).to(half).double()
    exact = (x / 3 * 1.7)[None]
    assert results(exact.to(half), exact) is None
    assert results(((x / 3).to(half) * 1.7)[None].to(half), exact) is None
    eps = torch.finfo(half).eps
    assert results((exact + 6 * eps * exact.max()).to(half), exact) is not None


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_the_errors_of_float32_bound_half_precision_without_being_scaled_to_it(half: torch.dtype) -> None:
    exact = torch.linspace(1, 2, 7, dtype=torch.float64)[None]
    off = exact + 0.1
    assert results(off.to(half), exact, single=exact.float() + 1e-4) is not None
    assert results(off.to(half), exact, single=exact.float() + 0.02) is None


def test_a_gradient_in_half_precision_may_be_off_as_one_that_is_computed_in_it() -> None:
    exact, off = torch.tensor([1.0, 2.0]).double(), torch.tensor([1.0, 2.0 + 12 * 2**-10])
    assert values(off.half(), exact) is None
    assert values((off + 0.2).half(), exact) is not None


def test_the_bound_is_relative_to_the_largest_value() -> None:
    exact = torch.tensor([1000.0, 1.0])
    assert values(torch.tensor([1000.0, 1.0001]), exact.double()) is None
    assert values(torch.tensor([1.0, 1.0001]), [1.0, 1.0]) is not None


def test_an_error_of_the_size_of_the_intermediates_rounding_is_taken() -> None:
    wrong, exact = torch.tensor([1.0 + 1e-3, 0.5]), [1.0, 0.5]
    assert values(wrong, exact, largest=1e4) is None
    assert values(wrong, exact, largest=1e2) is not None


def test_what_is_tiny_beside_the_values_on_the_way_may_be_off_by_their_rounding() -> None:
    exact = [1e-12, -1e-13]
    assert values(torch.zeros(2), exact, largest=5.0) is None
    assert values(torch.zeros(2), exact, largest=1e-12) is not None
    assert values(torch.full((2,), 1e-5), exact, largest=5.0) is not None


def test_nan_is_counted_and_its_first_place_is_told() -> None:
    actual = torch.tensor([[1.0, math.nan], [math.nan, 4.0]])
    found = values(actual, [[1.0, 2.0], [3.0, 4.0]])
    assert found.sentence == "2 of 4 numbers in the result are NaN, the first at [0, 1]"
    assert found.worst_index == (0, 1)
    assert found.facts == ()


def test_infinite_numbers_are_counted_and_their_first_place_is_told() -> None:
    found = values(torch.tensor([1.0, -math.inf]), [1.0, 2.0], name="h_n")
    assert found.sentence == "1 of 2 numbers in h_n are infinite, the first at [1]"


def test_nan_and_infinity_are_equal_to_themselves_only() -> None:
    exact = [math.nan, math.inf, -math.inf, 1.0]
    assert values(torch.tensor(exact), exact) is None
    for place in range(4):
        for other in (0.0, math.nan, math.inf, -math.inf, 1.0):
            same = other == exact[place] or (math.isnan(other) and math.isnan(exact[place]))
            wrong = list(exact)
            wrong[place] = other
            assert (values(torch.tensor(wrong), exact) is None) == same


def test_minus_zero_is_zero() -> None:
    assert values(torch.tensor([-0.0]), [0.0]) is None


def test_the_furthest_off_is_told() -> None:
    found = values(torch.tensor([[1.0, 2.5], [3.1, 4.0]]), [[1.0, 2.0], [3.0, 4.0]])
    assert found.worst_index == (0, 1)
    assert found.sentence.startswith(
        "2 of 4 numbers in the result are wrong; the furthest off is at [0, 1]: 2.5 instead of 2"
    )


def test_all_numbers_wrong_are_said_to_be_all() -> None:
    assert values(torch.tensor([9.0, -7.0, 3.5]), [1.0, 2.0, 5.0]).sentence.startswith(
        "all 3 numbers in the result are wrong"
    )


def test_zero_dimensions_are_compared() -> None:
    assert values(torch.tensor(2.0), torch.tensor(2.0, dtype=torch.float64)) is None
    found = values(torch.tensor(3.0), torch.tensor(2.0, dtype=torch.float64))
    assert found.sentence == "the result is 3; expected 2"
    assert found.worst_index == ()


def test_empty_results_are_equal() -> None:
    assert values(torch.empty(0, 3), torch.empty(0, 3, dtype=torch.float64)) is None


def test_integers_must_be_equal() -> None:
    exact = torch.tensor([3, 5], dtype=torch.int64)
    assert values(torch.tensor([3, 5]), exact) is None
    assert values(torch.tensor([3, 6]), exact) is not None


def test_numpy_results_are_compared_as_tensors_are() -> None:
    exact = torch.tensor([1.0, 2.0], dtype=torch.float64)
    assert values(np.array([1.0, 2.0], dtype=np.float32), exact) is None
    found = values(np.array([1.0, 2.5], dtype=np.float32), exact)
    assert isinstance(found.actual, torch.Tensor)
    assert as_tensor(np.zeros(3)).dtype == torch.float64
    assert dtype_name(np.zeros(3, dtype=np.int64)) == dtype_name(torch.zeros(3, dtype=torch.int64)) == "int64"


def test_a_result_with_a_gradient_is_compared() -> None:
    assert values(torch.tensor([1.0], requires_grad=True), [1.0]) is None


def test_every_part_of_a_tuple_is_compared_and_named() -> None:
    exact = (torch.ones(1, 2, 3).double(), (torch.ones(1, 3).double(), torch.tensor([[1.0, 2.0, 3.0]]).double()))
    right = (torch.ones(1, 2, 3), (torch.ones(1, 3), torch.tensor([[1.0, 2.0, 3.0]])))
    assert compare(right, Plain(exact), PAIR) is None
    wrong = (right[0], (right[1][0], right[1][1] * 2))
    found = compare(wrong, Plain(exact), PAIR)
    assert found.name == "c_n"
    assert found.facts == ("yours / expected = 2 everywhere", "outputs and h_n are right")


# structure, dtype and shape


class States(NamedTuple):
    hidden: torch.Tensor
    cell: torch.Tensor


def test_a_tuple_is_asked_for_and_a_list_is_none() -> None:
    out, state = torch.ones(1, 2, 3), torch.ones(1, 3)
    assert structure_fault((out, (state, state)), PAIR, "tensor") is None
    found = structure_fault([out, (state, state)], PAIR, "tensor")
    assert found.verdict == "wrong_shape"
    assert found.sentence == "you returned a list of 2; expected a tuple (outputs, (h_n, c_n))"
    assert structure_fault((out, [state, state]), PAIR, "tensor").verdict == "wrong_shape"
    assert structure_fault((out, state, state), PAIR, "tensor").verdict == "wrong_shape"
    assert structure_fault((out, (state,)), PAIR, "tensor").verdict == "wrong_shape"
    assert structure_fault(out, PAIR, "tensor").verdict == "wrong_shape"


def test_where_a_number_is_asked_for_another_thing_is_told_so() -> None:
    loss = Layout("result", "")
    assert structure_fault(0, loss, "array").sentence == "you returned an int; expected a float"
    assert structure_fault(0, loss, "tensor").sentence == "you returned an int; expected a tensor"
    assert structure_fault([1.0], Layout("result", "N"), "array").sentence.endswith("expected a NumPy array")
    assert structure_fault(np.zeros(()), loss, "array") is None


@pytest.mark.parametrize(
    "value", [None, 1.5, "text", [1.0], {"a": 1}, Unreadable("Thing", "a Thing, which is no tensor")]
)
def test_what_is_no_tensor_is_wrong_shape(value: Any) -> None:
    found = structure_fault(value, OUT, "tensor")
    assert found.verdict == "wrong_shape"
    assert found.sentence == f"you returned {said(value)}; expected a tensor"


def test_an_array_is_no_tensor_and_a_tensor_no_array() -> None:
    assert structure_fault(np.ones(2), OUT, "array") is None
    assert structure_fault(np.ones(2), OUT, "tensor").verdict == "wrong_shape"
    assert structure_fault(torch.ones(2), OUT, "array").verdict == "wrong_shape"


def test_broadcastable_shape_is_wrong_shape() -> None:
    for actual, expected in (
        (torch.ones(1), torch.ones(5)),
        (torch.ones(5), torch.ones(1)),
        (torch.ones(()), torch.ones(1)),
        (torch.empty(0), torch.ones(1)),
        (torch.ones(2, 1), torch.ones(2, 3)),
        (torch.ones(1, 2, 3), torch.ones(2, 3)),
    ):
        assert shapes(actual, expected.double(), Layout("result", "... V")).verdict == "wrong_shape"


def test_a_wrong_shape_is_said_with_letters_and_sizes() -> None:
    found = shapes(torch.ones(2, 4, 3, 8), torch.ones(2, 3, 32).double(), Layout("result", "B Tq D"), B=2, Tq=3, D=32)
    assert found.sentence == "you returned [2, 4, 3, 8]; expected [B, Tq, D] = [2, 3, 32]"
    found = shapes(torch.ones(2, 3), torch.ones(2, 5).double(), Layout("k", "B S+T"), B=2, S=4, T=1)
    assert found.sentence == "k has shape [2, 3]; expected [B, S+T] = [2, 5]"


def test_a_wrong_dtype_is_said_and_comes_after_the_shape() -> None:
    right = torch.ones(2, 3).double()
    found = shapes(torch.ones(2, 3), right, OUT, dtype="float64", B=2, T=3)
    assert found.sentence == "the result has dtype float32; expected float64, since the inputs are float64"
    assert "dtype" not in shapes(torch.ones(2, 4), right, OUT, dtype="float64", B=2, T=3).sentence
    assert shapes(torch.ones(2, 3).half(), right, OUT, B=2, T=3).verdict == "wrong_shape"
    assert shapes(torch.ones(2, 3), right, OUT, B=2, T=3) is None
    assert shapes(np.ones((2, 3)), right, OUT, arrays="array", B=2, T=3).verdict == "wrong_shape"


def test_tokens_must_be_int64() -> None:
    tokens = torch.zeros(3, dtype=torch.int64)
    layout = Layout("result", "B")
    assert shapes(tokens, tokens, layout, B=3) is None
    found = shapes(tokens.int(), tokens, layout, B=3)
    assert found.sentence == "the result has dtype int32; expected int64"
    assert shapes(tokens.float(), tokens, layout, B=3).verdict == "wrong_shape"


# patterns

EXACT = torch.randn(4, 3, generator=torch.Generator().manual_seed(3)).double()
SQUARE = torch.randn(3, 3, generator=torch.Generator().manual_seed(4)).double()
SHIFTED = torch.cat([torch.full((1, 3), 7.0), EXACT[:-1]])


@pytest.mark.parametrize(
    ("mine", "exact", "words"),
    [
        (torch.zeros(4, 3), EXACT, "your result is zero everywhere"),
        (-EXACT, EXACT, "your result is the right one with its sign turned"),
        (EXACT * 0.5, EXACT, "yours / expected = 0.5 everywhere"),
        (EXACT + 2.25, EXACT, "yours - expected = 2.25 everywhere"),
        (SQUARE.T, SQUARE, "rows and columns are swapped"),
        (EXACT.flip(1), EXACT, "your result is the right one in reverse order along axis 1"),
        (EXACT.flip(0), EXACT, "your result is the right one in reverse order along axis 0"),
        (SHIFTED, EXACT, "yours equals expected shifted by one position along axis 0"),
        (EXACT.roll(1, 1), EXACT, "yours equals expected shifted by one position along axis 1"),
        (EXACT.roll(-1, 0), EXACT, "yours equals expected shifted back by one position along axis 0"),
        (EXACT[:1].expand(4, 3), EXACT, "all of your result along axis 0 is what is right at 0"),
        (
            EXACT[[2, 0, 1, 3]],
            EXACT,
            "along axis 0 yours stands in another order: it has what is right at 2, 0, 1 and 3",
        ),
        (torch.full((4, 3), 0.5), EXACT, "your result is 0.5 everywhere"),
    ],
)
def test_a_pattern_is_recognised(mine: torch.Tensor, exact: torch.Tensor, words: str) -> None:
    assert pattern_lines(mine.double(), exact, 1e-6) == (words,)


def test_a_pattern_names_the_result_and_its_axes() -> None:
    axes = axis_names(2, "B H")
    assert axes == ["axis 0 (B)", "axis 1 (H)"]
    rows = EXACT[:1].expand(4, 3)
    assert pattern_lines(rows, EXACT, 1e-6, axes) == ("every row of your batch is the right answer for row 0",)
    zero = torch.zeros(4, 3).double()
    assert pattern_lines(zero, EXACT, 1e-6, axes, "the gradient for x") == ("your gradient for x is zero everywhere",)
    assert axis_names(3, "... V") == ["axis 0", "axis 1", "axis 2"]


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([(1, 0), (1, 2)], "wrong only at 1 along axis 0 (B)"),
        ([(0, 2), (1, 2), (3, 2)], "wrong only at 2 along axis 1 (H)"),
        ([(0, 0), (1, 1), (3, 2)], "right only at 2 along axis 0 (B)"),
        ([(0, 0), (1, 1), (2, 2), (3, 0)], None),
        ([(0, 0)], None),
    ],
)
def test_it_is_said_where_all_is_right(places: list[tuple[int, int]], words: str | None) -> None:
    wrong = torch.zeros(4, 3, dtype=torch.bool)
    for place in places:
        wrong[place] = True
    assert place_lines(wrong, axis_names(2, "B H")) == (() if words is None else (words,))
    assert place_lines(torch.ones(4, 3, dtype=torch.bool), axis_names(2)) == ()


def test_where_it_is_wrong_is_a_fact_of_the_finding() -> None:
    wrong = EXACT.clone()
    wrong[2] += torch.tensor([1.0, -2.0, 0.5])
    found = compare(wrong, Plain(EXACT), Layout("result", "B H"))
    assert found is not None
    assert found.facts == ("wrong only at 2 along axis 0 (B)",)


def test_no_pattern_is_invented_for_random_errors() -> None:
    generator = torch.Generator().manual_seed(11)
    for number in range(400):
        shape = [(2,), (3, 3), (2, 3), (4, 1, 3), (1, 5), (2, 2, 2)][number % 6]
        exact = torch.randn(shape, generator=generator).double()
        noise = torch.randn(shape, generator=generator).double()
        wrong = torch.where(torch.rand(shape, generator=generator) < 0.5, noise, 0) if number % 2 else noise
        if float(wrong.abs().max()) > 0.01:
            assert pattern_lines(exact + wrong, exact, 1e-6) == (), (number, exact, wrong)


def test_one_wrong_step_of_a_constant_result_is_no_shift() -> None:
    exact = torch.ones(4, 2).double()
    wrong = exact.clone()
    wrong[0] = 0.0
    assert pattern_lines(wrong, exact, 1e-6) == ()
    ordinary = EXACT.clone()
    ordinary[0] += 1.0
    assert pattern_lines(ordinary, EXACT, 1e-6) == ()


def test_a_loose_bound_invents_no_pattern() -> None:
    generator = torch.Generator().manual_seed(5)
    for _ in range(100):
        exact = torch.randn(3, 3, generator=generator).double()
        wrong = exact + torch.randn(3, 3, generator=generator).double()
        assert pattern_lines(wrong, exact, 0.3) == ()


def test_a_single_number_has_no_pattern() -> None:
    assert pattern_lines(torch.tensor([2.0]).double(), torch.tensor([1.0]).double(), 1e-6) == ()


def test_what_is_off_by_little_is_looked_at_in_more_runs_before_it_is_called_wrong() -> None:
    exact = torch.tensor(1e-4, dtype=torch.float64)
    asked: list[int] = []

    def rough(eps: float, runs: int) -> Rough:
        asked.append(runs)
        off = 0.0 if runs < 10 else 5e-14  # few runs agree by chance
        return Rough([exact + off], 500.0)

    def compared(actual: float) -> Any:
        asked.clear()
        mine = torch.tensor(actual, dtype=torch.float64) + exact
        return compare_array(mine, exact, single=lambda: exact, rough=rough, name="result")

    assert compared(2e-14) is None
    assert asked == [1, 3, 24]
    assert compared(1e-12) is not None
    assert asked == [1, 3, 24]
    assert compared(1e-11) is not None
    assert asked == [1, 3]
    assert compared(1e-3) is not None
    assert asked == [1], "what is plainly wrong costs no more"


def test_a_wrong_number_is_shown_without_half_a_second_of_imports() -> None:
    """What torch does with symbolic shapes loads SymPy, which a person who waits for a first verdict would pay for."""
    code = (
        "import sys, torch; from problems.comparison import Rough, compare_array, index_of;"
        "right = torch.zeros(2, 3).double(); rough = lambda eps, runs: Rough([right] * runs, 1.0);"
        "found = compare_array(torch.ones(2, 3), right, single=right.float, rough=rough, name='result', letters='BT');"
        "print(found.worst_index, index_of(5, (2, 3)), index_of(0, ()), 'sympy' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert shown.stdout.strip() == "(0, 0) (1, 2) () False", shown.stderr
