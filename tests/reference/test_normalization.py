"""The references of normalization against the library's functions, their gradients by finite differences, and half precision."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from reference.normalization import layer_norm, rms_norm

SHAPES = [(1,), (5,), (2, 1), (3, 4), (2, 3, 7), (1, 2, 2, 6)]
HALF = [torch.float16, torch.bfloat16]


def made(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(sum(shape))
    sizes = (shape, shape[-1:], shape[-1:])
    x, weight, bias = (torch.randn(size, generator=generator, dtype=torch.float64).to(dtype) for size in sizes)
    return x, weight, bias


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_agrees_with_the_library(shape: tuple[int, ...], eps: float) -> None:
    x, weight, bias = made(shape)
    for w in (None, weight):
        for b in (None, bias):
            expected = F.layer_norm(x, shape[-1:], w, b, eps)
            torch.testing.assert_close(layer_norm(x, w, b, eps), expected, atol=1e-12, rtol=0)
        torch.testing.assert_close(rms_norm(x, w, eps), F.rms_norm(x, shape[-1:], w, eps), atol=1e-12, rtol=0)


def test_the_defaults_of_eps() -> None:
    x = torch.full((1, 2), 1e-3, dtype=torch.float64)
    x[0, 1] = -1e-3
    torch.testing.assert_close(layer_norm(x), F.layer_norm(x, (2,), eps=1e-5))
    torch.testing.assert_close(rms_norm(x), F.rms_norm(x, (2,), eps=1e-6))


def test_gradients_agree_with_finite_differences() -> None:
    given = [value.requires_grad_() for value in made((2, 3, 4))]
    assert torch.autograd.gradcheck(lambda x, w, b: layer_norm(x, w, b, 1e-3), given)
    assert torch.autograd.gradcheck(lambda x, w: rms_norm(x, w, 1e-3), given[:2])


@pytest.mark.parametrize("half", HALF)
@pytest.mark.parametrize("scale", [1e-4, 1.0, 300.0, 1e4])
def test_half_precision_is_that_of_float32_rounded_once(half: torch.dtype, scale: float) -> None:
    x, weight, bias = made((3, 9), half)
    x = x * scale
    wide = layer_norm(x.float(), weight.float(), bias.float()), rms_norm(x.float(), weight.float())
    for mine, exact in zip((layer_norm(x, weight, bias), rms_norm(x, weight)), wide, strict=True):
        assert mine.dtype == half
        assert torch.equal(mine, exact.to(half))
        assert bool(mine.isfinite().all())


def test_a_large_mean_does_not_drown_the_spread() -> None:
    spread = torch.tensor([[0.0, 1.0, 2.0, 5.0]])
    torch.testing.assert_close(layer_norm(spread + 1e4), layer_norm(spread.double()).float(), atol=1e-3, rtol=0)


def test_equal_numbers_give_the_bias_and_a_finite_gradient() -> None:
    x = torch.full((2, 3), 5.0, requires_grad=True)
    result = layer_norm(x, bias=torch.tensor([1.0, 2.0, 3.0]))
    assert result.tolist() == [[1.0, 2.0, 3.0]] * 2
    result.sum().backward()
    assert x.grad is not None
    assert bool(x.grad.isfinite().all())


def test_inputs_are_left_as_they_are() -> None:
    given = made((2, 3, 4))
    before = [value.clone() for value in given]
    layer_norm(*given)
    rms_norm(*given[:2])
    assert all(torch.equal(a, b) for a, b in zip(given, before, strict=True))
