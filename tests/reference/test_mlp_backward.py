"""The two-layer network's gradients by hand against torch's, and by finite differences."""

from typing import Any

import numpy as np
import pytest
import torch

from reference.mlp_backward import mlp_backward

Array = np.ndarray[Any, Any]
SIZES = [(1, 1, 1, 1), (2, 3, 4, 5), (5, 2, 3, 2), (1, 4, 2, 3), (30, 6, 20, 7)]


def inputs(batch: int, width: int, hidden: int, classes: int, dtype: str = "float64") -> list[Array]:
    random = np.random.default_rng(batch * 1000 + width * 100 + hidden * 10 + classes)
    shapes = [(batch, width), (width, hidden), (hidden,), (hidden, classes), (classes,)]
    x, *weights = [random.standard_normal(shape).astype(dtype) for shape in shapes]
    return [x, random.integers(0, classes, batch), *weights]


def by_library(x: Array, targets: Array, *weights: Array) -> tuple[Array, list[Array]]:
    given = [torch.tensor(each, requires_grad=True) for each in (x, *weights)]
    features, w1, b1, w2, b2 = given
    scores = torch.relu(features @ w1 + b1) @ w2 + b2
    loss = torch.nn.functional.cross_entropy(scores, torch.tensor(targets).long())
    return loss.detach().numpy(), [each.numpy() for each in torch.autograd.grad(loss, given)]


@pytest.mark.parametrize("integers", ["int64", "int32"])
@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_the_library(sizes: tuple[int, int, int, int], integers: str) -> None:
    x, targets, *weights = inputs(*sizes)
    loss, gradients = mlp_backward(x, targets.astype(integers), *weights)
    expected, theirs = by_library(x, targets, *weights)
    np.testing.assert_allclose(loss, expected, rtol=1e-12, atol=1e-14)
    for actual, right, given in zip(gradients, theirs, [x, *weights], strict=True):
        assert actual.shape == given.shape
        np.testing.assert_allclose(actual, right, rtol=1e-10, atol=1e-14)


def test_gradients_by_finite_differences() -> None:
    x, targets, *weights = inputs(3, 2, 4, 3)
    given = [x, *weights]
    _, gradients = mlp_backward(x, targets, *weights)
    for place, gradient in enumerate(gradients):
        for at in np.ndindex(gradient.shape):
            losses = []
            for move in (1e-6, -1e-6):
                moved = [each.copy() for each in given]
                moved[place][at] += move
                losses.append(mlp_backward(moved[0], targets, *moved[1:])[0])
            assert gradient[at] == pytest.approx((losses[0] - losses[1]) / 2e-6, abs=1e-8)


def test_float32_stays_float32() -> None:
    given = inputs(4, 3, 5, 3, "float32")
    loss, gradients = mlp_backward(*given)
    assert {each.dtype for each in (loss, *gradients)} == {np.dtype("float32")}
    exact, right = mlp_backward(*[each.astype(float) if each.dtype.kind == "f" else each for each in given])
    np.testing.assert_allclose(loss, exact, rtol=1e-6)
    for actual, expected in zip(gradients, right, strict=True):
        np.testing.assert_allclose(actual, expected, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scores_far_out_give_a_finite_and_right_loss(dtype: str) -> None:
    x, targets, w1, b1, w2, _ = inputs(2, 3, 4, 2, dtype)
    b2 = np.array([1e4, -1e4], dtype=dtype)
    loss, gradients = mlp_backward(x, np.ones_like(targets), w1, b1, w2 * 0, b2)
    assert loss == pytest.approx(2e4)
    assert all(np.isfinite(each).all() for each in gradients)


def test_no_gradient_passes_where_z_is_zero() -> None:
    x, targets, w1, b1, w2, b2 = inputs(3, 2, 4, 3)
    _, (d_x, d_w1, d_b1, _, d_b2) = mlp_backward(x * 0, targets, w1, b1 * 0, w2, b2)
    assert not d_x.any()
    assert not d_w1.any()
    assert not d_b1.any()
    assert d_b2.any()


@pytest.mark.parametrize("target", [-1, 3, -3, 100])
@pytest.mark.parametrize("place", [0, 1])
def test_a_target_that_is_no_class_is_refused(target: int, place: int) -> None:
    x, targets, *weights = inputs(2, 2, 4, 3)
    targets[place] = target
    with pytest.raises(ValueError, match="from 0 to 2"):
        mlp_backward(x, targets, *weights)


def test_inputs_are_left_as_they_are() -> None:
    given = inputs(3, 2, 4, 3)
    before = [each.copy() for each in given]
    mlp_backward(*given)
    assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))
