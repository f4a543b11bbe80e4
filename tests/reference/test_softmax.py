"""The softmax reference against the library's, and its gradient by finite differences."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from reference.softmax import log_softmax, logsumexp, softmax

Function = Callable[..., Tensor]
PAIRS = [(softmax, torch.softmax), (log_softmax, torch.log_softmax), (logsumexp, torch.logsumexp)]
every_pair = pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=[ours.__name__ for ours, _ in PAIRS])
every_function = pytest.mark.parametrize("function", [ours for ours, _ in PAIRS])
NOTHING = -torch.inf


def numbers(*shape: int, dtype: torch.dtype = torch.float64, scale: float = 3.0) -> Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    drawn = torch.randn(shape, dtype=torch.float64, generator=generator)
    return (scale * drawn).to(dtype).requires_grad_()


@every_pair
@pytest.mark.parametrize("shape", [(7,), (1,), (3, 5), (2, 3, 4), (2, 1, 4, 3)])
def test_agrees_with_the_library_along_every_axis(ours: Function, theirs: Function, shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    for axis in range(-len(shape), len(shape)):
        mine, right = ours(x, axis), theirs(x, axis)
        torch.testing.assert_close(mine, right, rtol=1e-13, atol=1e-14)
        above = torch.randn_like(right)
        (gradient,) = torch.autograd.grad(mine, x, above)
        torch.testing.assert_close(gradient, torch.autograd.grad(right, x, above)[0], rtol=1e-11, atol=1e-13)
    torch.testing.assert_close(ours(x), theirs(x, -1))


@every_function
def test_gradient_by_finite_differences(function: Function) -> None:
    assert torch.autograd.gradcheck(lambda x: function(x, 1), (numbers(2, 3, 2),))


@every_pair
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_large_numbers_stay_finite_and_right(ours: Function, theirs: Function, dtype: torch.dtype) -> None:
    x = numbers(5, 40, dtype=dtype, scale=3000.0)
    mine = ours(x, 0)
    assert mine.dtype == dtype
    torch.testing.assert_close(mine.double(), theirs(x.double(), 0), rtol=1e-5, atol=1e-30)
    assert torch.autograd.grad(mine.sum(), x)[0].isfinite().all()


def test_log_softmax_is_finite_where_the_softmax_is_rounded_to_zero() -> None:
    x = torch.tensor([0.0, -300.0, -20000.0])
    assert softmax(x).tolist() == [1.0, 0.0, 0.0]
    assert log_softmax(x).tolist() == [0.0, -300.0, -20000.0]


def test_a_number_that_is_added_to_all_moves_logsumexp_alone() -> None:
    x = torch.tensor([[1.0, 2.0, -3.0], [0.0, 5.0, 0.0]], dtype=torch.float64)
    for number in (-9990.0, 9990.0):
        assert torch.equal(softmax(x + number), softmax(x))
        assert torch.equal(log_softmax(x + number), log_softmax(x))
        torch.testing.assert_close(logsumexp(x + number), logsumexp(x) + number)


@every_pair
def test_an_entry_of_minus_infinity_has_no_weight(ours: Function, theirs: Function) -> None:
    x = torch.tensor([[1.0, NOTHING, 2.0], [NOTHING, NOTHING, -9e3]], dtype=torch.float64)
    torch.testing.assert_close(ours(x), theirs(x, -1))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("function", "value"), [(softmax, 0.0), (log_softmax, NOTHING), (logsumexp, NOTHING)])
def test_a_slice_that_is_all_minus_infinity(function: Function, value: float, dtype: torch.dtype) -> None:
    x = torch.tensor([[NOTHING, 1.0], [NOTHING, 1.0]], dtype=dtype, requires_grad=True)
    result = function(x, 0)
    assert set(result[..., 0].reshape(-1).tolist()) == {value}
    assert result[..., 1].isfinite().all()
    (gradient,) = torch.autograd.grad(result, x, torch.where(result.isneginf() & (function is log_softmax), 0.0, 1.0))
    assert gradient[:, 0].tolist() == [0, 0]
    assert gradient.isfinite().all()


def test_slices_that_lie_far_apart_do_not_influence_each_other() -> None:
    x = torch.tensor([[0.0, 1.0], [9e3, 9e3 + 1], [-9e3, -9e3 + 1]])
    rows = softmax(x)
    assert torch.equal(rows, rows[:1].expand(3, 2))


@every_function
@pytest.mark.parametrize(("shape", "axis"), [((3,), 1), ((3,), -2), ((2, 3, 4), 3), ((2, 3, 4), -4), ((2, 2), 100)])
def test_an_axis_that_is_not_there_raises(function: Function, shape: tuple[int, ...], axis: int) -> None:
    with pytest.raises(ValueError, match="axis"):
        function(torch.zeros(shape), axis)


@every_function
def test_inputs_are_left_as_they_are(function: Function) -> None:
    x = torch.tensor([[1.0, NOTHING], [NOTHING, NOTHING]])
    before = x.clone()
    function(x)
    assert torch.equal(x, before)
