"""The reference of the recurrent network against torch.nn.RNN, and its gradient by finite differences."""

import pytest
import torch
from torch import Tensor, nn

from reference.rnn import rnn

SIZES = [(1, 1, 1, 1), (2, 5, 3, 4), (3, 3, 2, 2), (4, 1, 5, 3), (1, 40, 2, 6)]


def inputs(batch: int, steps: int, width: int, hidden: int, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    torch.manual_seed(batch * 1000 + steps * 100 + width * 10 + hidden)
    shapes = [(batch, steps, width), (hidden, width), (hidden, hidden), (hidden,), (hidden,), (batch, hidden)]
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def by_library(x: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor, h0: Tensor) -> tuple[Tensor, Tensor]:
    layer = nn.RNN(x.shape[2], h0.shape[1], batch_first=True, dtype=x.dtype)
    weights = {"weight_ih_l0": w_ih, "weight_hh_l0": w_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    outputs, h_n = torch.func.functional_call(layer, weights, (x, h0[None]))
    return outputs, h_n[0]


@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_the_library(sizes: tuple[int, int, int, int]) -> None:
    given = inputs(*sizes)
    for actual, expected in zip(rnn(*given), by_library(*given), strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("sizes", SIZES[:4])
def test_gradient_agrees_with_the_library(sizes: tuple[int, int, int, int]) -> None:
    given = inputs(*sizes)
    upstream = [torch.randn_like(result) for result in by_library(*given)]
    ours = torch.autograd.grad(rnn(*given), given, upstream)
    theirs = torch.autograd.grad(by_library(*given), given, upstream)
    for actual, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-11)


def test_gradient_by_finite_differences() -> None:
    assert torch.autograd.gradcheck(rnn, inputs(2, 3, 2, 2))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_without_a_state_it_starts_from_zeros_of_the_same_dtype(dtype: torch.dtype) -> None:
    *given, h0 = inputs(2, 4, 3, 5, dtype)
    for actual, expected in zip(rnn(*given), rnn(*given, torch.zeros_like(h0)), strict=True):
        assert actual.dtype == dtype
        assert torch.equal(actual, expected)


@pytest.mark.parametrize("sign", [1, -1])
def test_saturated_states_and_their_gradients_are_finite(sign: int) -> None:
    x, *others = inputs(2, 4, 3, 2, torch.float32)
    far = (x.detach() * sign * 1e4).requires_grad_()
    results = rnn(far, *others)
    gradients = torch.autograd.grad([result.sum() for result in results], [far, *others])
    assert all(part.isfinite().all() for part in [*results, *gradients])


def test_any_cut_of_the_sequence_gives_the_same() -> None:
    x, *weights, h0 = inputs(2, 7, 3, 4)
    whole, last = rnn(x, *weights, h0)
    first, state = rnn(x[:, :3], *weights, h0)
    second, state = rnn(x[:, 3:], *weights, state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(state, last)


def test_inputs_are_left_as_they_are() -> None:
    given = inputs(2, 3, 2, 4)
    before = [a.detach().clone() for a in given]
    rnn(*given)
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))
