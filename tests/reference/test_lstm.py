"""The LSTM reference against torch.nn.LSTM, and its gradient by finite differences."""

import pytest
import torch
from torch import Tensor, nn

from reference.lstm import lstm

SIZES = [(1, 1, 1, 1), (2, 5, 3, 4), (3, 3, 2, 2), (4, 1, 5, 3), (1, 40, 2, 6)]


def inputs(batch: int, steps: int, width: int, hidden: int, dtype: torch.dtype = torch.float64) -> list[Tensor]:
    torch.manual_seed(batch * 1000 + steps * 100 + width * 10 + hidden)
    shapes = [
        (batch, steps, width),
        (batch, hidden),
        (batch, hidden),
        (4 * hidden, width),
        (4 * hidden, hidden),
        (4 * hidden,),
        (4 * hidden,),
    ]
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def by_library(
    x: Tensor, h0: Tensor, c0: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    layer = nn.LSTM(x.shape[2], h0.shape[1], batch_first=True, dtype=x.dtype)
    weights = {"weight_ih_l0": w_ih, "weight_hh_l0": w_hh, "bias_ih_l0": b_ih, "bias_hh_l0": b_hh}
    outputs, (h_n, c_n) = torch.func.functional_call(layer, weights, (x, (h0[None], c0[None])))
    return outputs, h_n[0], c_n[0]


def flat(result: tuple[Tensor, tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor, Tensor]:
    outputs, (h_n, c_n) = result
    return outputs, h_n, c_n


@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_the_library(sizes: tuple[int, int, int, int]) -> None:
    given = inputs(*sizes)
    for actual, expected in zip(flat(lstm(*given)), by_library(*given), strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("sizes", SIZES[:4])
def test_gradient_agrees_with_the_library(sizes: tuple[int, int, int, int]) -> None:
    given = inputs(*sizes)
    upstream = [torch.randn_like(result) for result in by_library(*given)]
    ours = torch.autograd.grad(flat(lstm(*given)), given, upstream)
    theirs = torch.autograd.grad(by_library(*given), given, upstream)
    for actual, expected in zip(ours, theirs, strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-11)


def test_gradient_by_finite_differences() -> None:
    assert torch.autograd.gradcheck(lambda *given: flat(lstm(*given)), inputs(2, 3, 2, 2))


def test_float32_stays_float32() -> None:
    given = inputs(2, 30, 3, 4, torch.float32)
    exact = flat(lstm(*(a.double() for a in given)))
    for actual, expected in zip(flat(lstm(*given)), exact, strict=True):
        assert actual.dtype == torch.float32
        torch.testing.assert_close(actual.double(), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sign", [1, -1])
def test_saturated_gates_and_their_gradients_are_finite(sign: int, dtype: torch.dtype) -> None:
    x, *others = inputs(2, 4, 3, 2, dtype)
    far = (x.detach() * sign * 1e4).requires_grad_()
    results = flat(lstm(far, *others))
    assert all(result.isfinite().all() for result in results)
    gradients = torch.autograd.grad([result.sum() for result in results], [far, *others])
    assert all(gradient.isfinite().all() for gradient in gradients)


def test_any_cut_of_the_sequence_gives_the_same() -> None:
    x, h0, c0, *weights = inputs(2, 7, 3, 4)
    whole, last = lstm(x, h0, c0, *weights)
    first, state = lstm(x[:, :3], h0, c0, *weights)
    second, state = lstm(x[:, 3:], *state, *weights)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(state, last)


def test_inputs_are_left_as_they_are() -> None:
    given = inputs(2, 3, 2, 4)
    before = [a.detach().clone() for a in given]
    lstm(*given)
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))
