"""The cross-entropy reference against the library's, and its gradient by finite differences."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from reference.cross_entropy import cross_entropy


def inputs(*shape: int, dtype: torch.dtype = torch.float64, ignored: float = 0.3) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(len(shape) * 100 + shape[-1])
    logits = 3 * torch.randn(shape, dtype=torch.float64, generator=generator)
    targets = torch.randint(shape[-1], shape[:-1], generator=generator)
    left_out = torch.rand(shape[:-1], generator=generator) < ignored
    return logits.to(dtype).requires_grad_(), targets.masked_fill(left_out, -100)


def by_library(logits: Tensor, targets: Tensor, **options: float) -> Tensor:
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("shape", [(7, 4), (3, 5, 6), (2, 3, 4, 5), (40, 1)])
def test_agrees_with_the_library(shape: tuple[int, ...], smoothing: float) -> None:
    logits, targets = inputs(*shape)
    ours = cross_entropy(logits, targets, label_smoothing=smoothing)
    theirs = by_library(logits, targets, label_smoothing=smoothing)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-13)
    (mine,), (right,) = torch.autograd.grad(ours, logits), torch.autograd.grad(theirs, logits)
    torch.testing.assert_close(mine, right, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("ignore", [0, 2, -1, 99])
def test_any_number_may_be_ignored(ignore: int) -> None:
    logits, targets = inputs(9, 4, ignored=0)
    targets[3] = ignore
    torch.testing.assert_close(cross_entropy(logits, targets, ignore), by_library(logits, targets, ignore_index=ignore))


def test_a_single_position_has_no_dimension() -> None:
    logits, _ = inputs(5)
    torch.testing.assert_close(cross_entropy(logits, torch.tensor(2)), -logits.log_softmax(-1)[2])


def test_gradient_by_finite_differences() -> None:
    logits, targets = inputs(4, 3)
    assert torch.autograd.gradcheck(lambda x: cross_entropy(x, targets, label_smoothing=0.2), (logits,))


def test_where_nothing_counts_the_loss_and_its_gradient_are_zero() -> None:
    logits, targets = inputs(4, 3, ignored=1)
    loss = cross_entropy(logits, targets, label_smoothing=0.2)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert loss.item() == 0
    assert not gradient.any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_large_logits_stay_finite_and_right(dtype: torch.dtype) -> None:
    logits = torch.tensor([[1e4, -1e4], [-1e4, 1e4], [9e3, 9e3]], dtype=dtype, requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([1, 1, 0]))
    assert loss.dtype == dtype
    torch.testing.assert_close(loss.item(), 20000 / 3 + 0.6931471805599453 / 3, rtol=1e-6, atol=0)
    (gradient,) = torch.autograd.grad(loss, logits)
    close = 1e4 * torch.finfo(dtype).eps  # exp(x - lse) is off by eps of x
    right = torch.tensor([[1, -1], [0, 0], [-0.5, 0.5]], dtype=dtype) / 3
    torch.testing.assert_close(gradient, right, rtol=close, atol=close)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1])
def test_smoothing_outside_its_range_raises(smoothing: float) -> None:
    with pytest.raises(ValueError, match="label_smoothing"):
        cross_entropy(*inputs(3, 2), label_smoothing=smoothing)


@pytest.mark.parametrize("target", [-1, 3, -101])
def test_a_target_that_is_no_class_raises(target: int) -> None:
    logits, targets = inputs(4, 3)
    targets[-1] = target
    with pytest.raises(ValueError, match="target"):
        cross_entropy(logits, targets)


def test_inputs_are_left_as_they_are() -> None:
    logits, targets = inputs(5, 4)
    before = logits.detach().clone(), targets.clone()
    cross_entropy(logits, targets, label_smoothing=0.1)
    assert torch.equal(logits, before[0])
    assert torch.equal(targets, before[1])
