"""The convolution reference against torch.conv2d, and its gradient by finite differences."""

from typing import Any

import pytest
import torch
from torch import Tensor

from reference.conv2d import conv2d

# Sizes of x and of the weights, and options.
CASES: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]] = [
    ((1, 1, 1, 1), (1, 1, 1, 1), {}),
    ((2, 3, 5, 7), (4, 3, 3, 2), {}),
    ((2, 4, 6, 5), (6, 2, 2, 3), {"groups": 2, "padding": 1}),
    ((1, 3, 7, 9), (3, 1, 3, 3), {"groups": 3, "stride": 2}),
    ((3, 2, 9, 8), (4, 2, 3, 2), {"dilation": 3, "padding": 2, "stride": 3}),
    ((1, 2, 4, 4), (1, 2, 4, 4), {"stride": 5}),
    ((2, 1, 2, 3), (2, 1, 1, 2), {"padding": 4, "stride": 4, "dilation": 5}),
]
every_case = pytest.mark.parametrize(("image", "kernels", "options"), CASES)


def inputs(image: tuple[int, ...], kernels: tuple[int, ...], dtype: torch.dtype = torch.float64) -> list[Tensor]:
    generator = torch.Generator().manual_seed(sum(image) + 100 * sum(kernels))
    shapes = (image, kernels, kernels[:1])
    return [torch.randn(shape, dtype=dtype, generator=generator).requires_grad_() for shape in shapes]


@every_case
def test_agrees_with_the_library(image: tuple[int, ...], kernels: tuple[int, ...], options: dict[str, Any]) -> None:
    x, weight, bias = inputs(image, kernels)
    for given in (bias, None):
        ours, theirs = conv2d(x, weight, given, **options), torch.conv2d(x, weight, given, **options)
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@every_case
def test_gradient_agrees_with_the_library(
    image: tuple[int, ...], kernels: tuple[int, ...], options: dict[str, Any]
) -> None:
    given = inputs(image, kernels)
    theirs = torch.conv2d(*given, **options)
    upstream = torch.randn_like(theirs)
    mine = torch.autograd.grad(conv2d(*given, **options), given, upstream)
    for actual, expected in zip(mine, torch.autograd.grad(theirs, given, upstream), strict=True):
        torch.testing.assert_close(actual, expected, rtol=1e-10, atol=1e-11)


def test_gradient_by_finite_differences() -> None:
    given = inputs((2, 4, 4, 5), (2, 2, 2, 3))
    assert torch.autograd.gradcheck(lambda *each: conv2d(*each, 2, 1, 2, 2), given)


def test_the_kernel_is_not_flipped() -> None:
    weight = torch.tensor([[[[1.0, 0.0]]]])
    assert conv2d(torch.tensor([[[[5.0, 7.0, 9.0]]]]), weight).tolist() == [[[[5.0, 7.0]]]]


def test_a_place_on_padding_alone_gives_the_bias() -> None:
    result = conv2d(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1), torch.tensor([3.0]), padding=2)
    assert result.shape == (1, 1, 5, 5)
    assert result[0, 0, 2].tolist() == [3.0, 3.0, 4.0, 3.0, 3.0]


def test_float32_stays_float32() -> None:
    given = inputs((2, 16, 8, 9), (4, 16, 3, 3), torch.float32)
    actual = conv2d(*given, padding=1)
    assert actual.dtype == torch.float32
    exact = conv2d(*(each.double() for each in given), padding=1)
    torch.testing.assert_close(actual.double(), exact, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "options",
    [{name: value} for name in ("stride", "dilation", "groups") for value in (0, -1)]
    + [{"padding": -1}, {"groups": 3}, {"groups": 4}, {"groups": 1}, {"dilation": 4}, {"dilation": 5}],
)
def test_options_that_do_not_fit_raise(options: dict[str, Any]) -> None:
    x, weight, bias = inputs((1, 4, 4, 9), (6, 2, 2, 2))
    assert conv2d(x, weight, bias, groups=2).shape == (1, 6, 3, 8)
    with pytest.raises(ValueError, match=r"at least|groups|fit"):
        conv2d(x, weight, bias, **{"groups": 2, **options})


@pytest.mark.parametrize(
    ("kernels", "biases"), [((5, 2, 2, 2), 5), ((6, 3, 2, 2), 6), ((6, 2, 5, 1), 6), ((6, 2, 1, 10), 6)]
)
def test_kernels_that_do_not_fit_raise(kernels: tuple[int, ...], biases: int) -> None:
    with pytest.raises(ValueError, match=r"groups|fit"):
        conv2d(torch.ones(1, 4, 4, 9), torch.ones(kernels), torch.ones(biases), stride=2, groups=2)


@pytest.mark.parametrize("length", [1, 5, 7])
def test_a_bias_of_another_length_raises(length: int) -> None:
    with pytest.raises(ValueError, match="bias"):
        conv2d(torch.ones(1, 4, 4, 9), torch.ones(6, 4, 2, 2), torch.ones(length))


def test_views_are_read_as_they_are_and_left_as_they_are() -> None:
    x, weight, bias = (each.detach() for each in inputs((2, 4, 5, 6), (2, 4, 3, 2)))
    plain = conv2d(x, weight, bias, stride=2)
    turned = x.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
    before = turned.clone(), weight.clone(), bias.clone()
    torch.testing.assert_close(conv2d(turned, weight, bias, stride=2), plain)
    assert all(torch.equal(a, b) for a, b in zip((turned, weight, bias), before, strict=True))
