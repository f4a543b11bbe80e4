"""The reference in three precisions: exact, single, and with every operation a little off."""

from __future__ import annotations

import math
import sys

import pytest
import torch

from judge.oracle.noise_torch import Disturbed
from judge.oracle.reference import Expected, Reference
from judge.verdict import ProblemError
from problems.asks import Assign, Call, Construct, Differentiate, Handle, Overwrite, Program, Put, Read

THIRD = torch.tensor([1.0, 2.0]) / 3


def third(x: torch.Tensor) -> torch.Tensor:
    return x / 3


def total(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return x @ y, torch.softmax(x, -1)


def refuses(x: torch.Tensor) -> torch.Tensor:
    raise ValueError("no")


def changes(x: torch.Tensor) -> torch.Tensor:
    return x.mul_(2)


class Layer(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(x)


REFERENCE = Reference({"third": third, "total": total, "refuses": refuses, "changes": changes, "Layer": Layer})
ONE = torch.tensor([1.0, 2.0])


def right(program: Program, seed: int = 0) -> Expected:
    return Expected(REFERENCE, program, seed)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_exact_is_float64_and_single_float32_whatever_was_asked(dtype: torch.dtype) -> None:
    found = right([Call(target="third", args=(ONE.to(dtype),))])
    assert found.exact(0).value.dtype == torch.float64
    assert found.single(0).value.dtype == torch.float32
    assert torch.equal(found.exact(0).value, ONE.double() / 3)
    assert torch.equal(found.single(0).value, ONE / 3)


def test_integers_and_masks_stay_what_they_are() -> None:
    kept = Reference({"f": lambda tokens, mask: (tokens, mask)})
    answers = kept.answers([Call(target="f", args=(torch.tensor([1, 2]), torch.tensor([True])))], torch.float64)
    assert [value.dtype for value in answers[0].value] == [torch.int64, torch.bool]


def test_a_module_is_made_in_the_precision_and_takes_its_weights() -> None:
    program = [
        Construct(target="Layer"),
        Assign(state={"linear.weight": torch.eye(2) / 3, "linear.bias": torch.zeros(2)}),
        Call(target="m", args=(ONE,)),
        Read(names=("linear.weight",)),
    ]
    found = right(program)
    assert found.exact(2).value.dtype == torch.float64
    assert found.single(2).value.dtype == torch.float32
    assert found.exact(3).parameters["linear.weight"].dtype == torch.float64
    assert sorted(found.exact(3).trainable) == ["linear.bias", "linear.weight"]
    assert not found.exact(2).value.requires_grad


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_a_module_is_made_in_half_precision_where_it_is_asked(dtype: str) -> None:
    half = getattr(torch, dtype)
    program = [
        Construct(target="Layer", dtype=dtype),
        Assign(state={"linear.weight": torch.eye(2).to(half) / 3, "linear.bias": torch.zeros(2).to(half)}),
        Call(target="m", args=(ONE.to(half),)),
    ]
    assert REFERENCE.answers(program)[2].value.dtype == half
    assert right(program).exact(2).value.dtype == torch.float64
    assert right(program).single(2).value.dtype == torch.float32


class Halver:
    def __init__(self, params: list[torch.Tensor]) -> None:
        self.params = params

    def step(self) -> None:
        for param in self.params:
            if param.grad is not None:
                param.data -= param.grad / 2


def test_parameters_get_gradients_and_an_object_that_is_no_module_works_on_them() -> None:
    given = [torch.tensor([1.0, 2.0]), torch.tensor(3.0)]
    program = [
        Construct(target="torch.nn.ParameterList", args=(given,), into="p"),
        Construct(target="Halver", args=([Handle("p", (0,)), Handle("p", (1,))],), into="opt"),
        Assign(module="p", state={"0": ONE * 3, "0.grad": ONE, "1.grad": None}),
        Call(target="opt.step", answer=False),
        Read(module="p", names=("0", "0.grad", "1", "1.grad")),
        Assign(module="p", state={"0.grad": None}),
        Read(module="p", names=("0.grad",)),
    ]
    found = Expected(Reference({"Halver": Halver}), program, 0)
    for answers, dtype in ((found.exact, torch.float64), (found.single, torch.float32)):
        read = answers(4).parameters
        assert [value is None or value.dtype for value in read.values()] == [dtype, dtype, dtype, True]
        assert (read["0"].tolist(), read["0.grad"].tolist(), read["1"].tolist()) == ([2.5, 5.0], [1.0, 2.0], 3.0)
        assert answers(4).registered == {"0": True, "0.grad": False, "1": True, "1.grad": False}
        assert answers(6).parameters == {"0.grad": None}
    assert given[0].tolist() == [1.0, 2.0]
    assert ONE.tolist() == [1.0, 2.0]


def test_answers_stay_as_they_were_when_later_steps_write() -> None:
    program = [
        Put(into="x", value=ONE),
        Call(target="changes", args=(Handle("x"),)),
        Overwrite(into="x", value=ONE * 5),
        Call(target="changes", args=(Handle("x"),)),
    ]
    found = right(program)
    assert found.exact(1).value.tolist() == [2.0, 4.0]
    assert found.exact(3).value.tolist() == [10.0, 20.0]


def test_what_was_asked_is_not_changed_by_the_reference() -> None:
    given = ONE.double()
    found = right([Call(target="changes", args=(given,)), Call(target="third", args=(given,))])
    found.exact(0)
    # A reference must not write to its inputs; the tests of the references see to that. Here it did, and it shows.
    assert found.exact(1).value.tolist() == pytest.approx([2 / 3, 4 / 3])


def test_an_exception_is_an_answer_where_it_may_be_and_else_breaks_the_problem() -> None:
    failure = right([Call(target="refuses", args=(ONE,), may_raise=True)]).exact(0).failure
    assert (failure.type_name, failure.message) == ("ValueError", "no")
    assert "Exception" in failure.bases
    with pytest.raises(ProblemError, match="the reference raised ValueError: no"):
        right([Call(target="refuses", args=(ONE,))]).exact(0)


def test_a_step_that_may_raise_and_does_not_has_an_answer_without_failure() -> None:
    program = [Construct(target="Layer", may_raise=True), Call(target="third", args=(ONE,))]
    assert right(program).exact(0).failure is None


def test_gradients_come_in_the_precision_asked_for() -> None:
    program = [Differentiate(target="third", args=(ONE,), upstream=(ONE,))]
    found = right(program)
    assert found.exact(0).inputs[0].dtype == torch.float64
    assert found.single(0).inputs[0].dtype == torch.float32
    assert torch.equal(found.exact(0).inputs[0], ONE.double() / 3)


# rough


def test_rough_answers_are_off_by_about_eps_and_the_same_each_time() -> None:
    program = [Call(target="total", args=(ONE, ONE))]
    answers, largest = right(program).rough(0, 1e-6, 3)
    again, _ = right(program).rough(0, 1e-6, 3)
    other, _ = right(program, seed=50).rough(0, 1e-6, 3)
    assert len(answers) == 3
    assert largest == pytest.approx(5.0)
    for answer, same in zip(answers, again, strict=True):
        assert torch.equal(answer.value[0], same.value[0])
        off = abs(float(answer.value[0]) - 5.0)
        assert 0 < off < 2e-5
    assert not torch.equal(answers[0].value[0], other[0].value[0])
    assert not torch.equal(answers[0].value[0], answers[1].value[0])


def test_how_many_were_asked_before_is_no_matter() -> None:
    program = [Call(target="total", args=(ONE, ONE))]
    found = right(program)
    three, of_three = found.rough(0, 1e-3, 3)
    one, of_one = found.rough(0, 1e-3, 1)
    alone, of_alone = right(program).rough(0, 1e-3, 1)
    assert len(one) == 1
    assert torch.equal(one[0].value[0], alone[0].value[0])
    assert torch.equal(one[0].value[0], three[0].value[0])
    assert of_one == of_alone <= of_three


def test_what_is_not_finite_stays_so_and_is_not_the_largest() -> None:
    mode = Disturbed(1e-3, 0)
    with mode:
        found = torch.tensor([2.0, math.inf, -math.inf, math.nan]) * 2
    assert mode.largest == 4.0
    assert torch.equal(found[1:3], torch.tensor([math.inf, -math.inf]))
    assert bool(found[3].isnan())
    assert 0 < abs(float(found[0]) - 4.0) < 5e-3


def test_rough_answers_need_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch._dynamo", None)  # an import of it fails; it would take a second
    with Disturbed(1e-3, 0):
        assert not torch.equal(torch.ones(8) * 2, torch.full((8,), 2.0))


def test_a_finer_eps_is_closer() -> None:
    found = right([Call(target="total", args=(ONE, ONE))])
    fine, coarse = (max(abs(float(a.value[0]) - 5.0) for a in found.rough(0, eps, 3)[0]) for eps in (1e-12, 1e-3))
    assert fine < 1e-10 < coarse


def test_inputs_and_weights_are_not_disturbed_in_either_precision() -> None:
    program = [
        Construct(target="Layer"),
        Assign(state={"linear.weight": torch.eye(2) * 1000, "linear.bias": torch.zeros(2)}),
        Read(names=("linear.weight",)),
        Put(into="x", value=ONE * 0),
        Call(target="m", args=(Handle("x"),)),
    ]
    answers, largest = right(program).rough(2, 1e-2, 3)
    assert torch.equal(answers[0].parameters["linear.weight"], torch.eye(2).double() * 1000)
    assert largest == 0.0


def test_memory_that_nobody_wrote_to_is_not_counted() -> None:
    mode = Disturbed(1e-6, 0)
    with mode:
        made = [torch.empty(1000), torch.empty_like(ONE), ONE.new_empty(1000), torch.empty_strided((9, 9), (9, 1))]
    assert mode.largest == 0.0
    assert len(made) == 4


def test_views_and_operations_in_place_are_not_disturbed() -> None:
    x = torch.arange(6.0, dtype=torch.float64).reshape(2, 3)
    with Disturbed(0.5, 0):
        view = x.transpose(0, 1)[1:]
        x[0] = 7.0
    assert torch.equal(view, x.T[1:])
    assert x[0].tolist() == [7.0, 7.0, 7.0]


def test_infinite_and_missing_numbers_are_not_counted_as_the_largest() -> None:
    mode = Disturbed(1e-6, 0)
    with mode:
        scores = torch.tensor([1.0, 7.0], dtype=torch.float64).masked_fill(torch.tensor([True, False]), -math.inf)
        weights = torch.softmax(scores, -1)
    assert mode.largest == pytest.approx(7.0)
    assert weights[0] == 0.0


def test_a_softmax_is_as_rough_as_one_by_logsumexp() -> None:
    scores = torch.tensor([1000.0, 1000.0], dtype=torch.float64)
    with Disturbed(1e-6, 1):
        weights = torch.softmax(scores, -1)
    off = float((weights - 0.5).abs().max())
    assert 1e-5 < off < 1e-3
