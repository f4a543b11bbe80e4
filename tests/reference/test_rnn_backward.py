"""Backpropagation through time by hand against torch's, and by finite differences of the way forward."""

from typing import Any

import numpy as np
import pytest
import torch

from reference.rnn import rnn
from reference.rnn_backward import rnn_backward

Array = np.ndarray[Any, Any]
SIZES = [(1, 1, 1, 1), (2, 5, 3, 4), (3, 3, 2, 2), (4, 1, 5, 3), (1, 40, 2, 6)]


def inputs(batch: int, steps: int, width: int, hidden: int, dtype: str = "float64") -> list[Array]:
    random = np.random.default_rng(batch * 1000 + steps * 100 + width * 10 + hidden)
    shapes = [(batch, steps, width), (hidden, width), (hidden, hidden), (hidden,), (hidden,), (batch, hidden)]
    shapes += [(batch, steps, hidden), (batch, hidden)]
    return [random.standard_normal(shape).astype(dtype) / 2 for shape in shapes]


@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_what_torch_differentiates(sizes: tuple[int, int, int, int]) -> None:
    given = inputs(*sizes)
    leaves = [torch.tensor(each, requires_grad=True) for each in given[:6]]
    theirs = torch.autograd.grad(rnn(*leaves), leaves, [torch.tensor(each) for each in given[6:]])
    for actual, expected, argument in zip(rnn_backward(*given), theirs, given[:6], strict=True):
        assert actual.shape == argument.shape
        np.testing.assert_allclose(actual, expected.numpy(), rtol=1e-10, atol=1e-12)


def loss(given: list[Array]) -> float:
    outputs, h_n = rnn(*(torch.tensor(each) for each in given[:6]))
    return float((outputs.numpy() * given[6]).sum() + (h_n.numpy() * given[7]).sum())


def test_gradients_by_finite_differences() -> None:
    given = inputs(2, 3, 2, 3)
    for place, gradient in enumerate(rnn_backward(*given)):
        for at in np.ndindex(gradient.shape):
            losses = []
            for move in (1e-6, -1e-6):
                moved = [each.copy() for each in given]
                moved[place][at] += move
                losses.append(loss(moved))
            assert gradient[at] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-8)


def test_zeros_from_above_give_zeros() -> None:
    given = inputs(2, 3, 2, 3)
    for gradient in rnn_backward(*given[:6], given[6] * 0, given[7] * 0):
        assert not gradient.any()


def test_what_comes_from_above_at_one_step_reaches_no_later_one() -> None:
    given = inputs(2, 5, 2, 3)
    only = np.zeros_like(given[6])
    only[:, 2] = given[6][:, 2]
    d_x, *_, d_h0 = rnn_backward(*given[:6], only, given[7] * 0)
    assert d_x[:, :3].all()
    assert not d_x[:, 3:].any()
    assert d_h0.all()


def test_weights_get_the_sum_over_the_batch() -> None:
    given = inputs(3, 4, 2, 3)
    whole = rnn_backward(*given)
    of_rows = [
        rnn_backward(*[each[row : row + 1] if place in (0, 5, 6, 7) else each for place, each in enumerate(given)])
        for row in range(3)
    ]
    for place in range(1, 5):
        np.testing.assert_allclose(whole[place], sum(each[place] for each in of_rows), rtol=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_float32_stays_float32_and_saturated_states_are_finite(sign: int) -> None:
    x, *others = inputs(2, 4, 3, 2, "float32")
    for gradient in rnn_backward(x * np.float32(sign * 1e4), *others):
        assert gradient.dtype == np.float32
        assert np.isfinite(gradient).all()


def test_inputs_are_left_as_they_are() -> None:
    given = inputs(2, 3, 2, 3)
    before = [each.copy() for each in given]
    rnn_backward(*given)
    assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))
