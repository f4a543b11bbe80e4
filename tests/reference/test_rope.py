"""The rotary reference against ONNX's operator, its gradient by finite differences, and what a rotation keeps."""

import math

import pytest
import torch
from torch import Tensor
from torch.onnx.ops import rotary_embedding

from reference.rope import apply_rope

SIZES = [(1, 1, 1, 2), (2, 3, 5, 4), (3, 2, 4, 6), (1, 4, 9, 16)]


def by_library(x: Tensor, offset: int, base: float) -> Tensor:
    """ONNX's operator, which takes the tables."""
    width = x.shape[-1]
    frequencies = 1 / base ** (torch.arange(0, width, 2, dtype=torch.float64) / width)
    angles = torch.arange(offset, offset + x.shape[2], dtype=torch.float64).outer(frequencies)
    tables = [table.to(x.dtype).expand(x.shape[0], -1, -1).contiguous() for table in (angles.cos(), angles.sin())]
    return rotary_embedding(x, *tables, interleaved=True)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("offset", [0, 3, 70_000])
@pytest.mark.parametrize("base", [10000.0, 3.0])
def test_agrees_with_the_library(sizes: tuple[int, int, int, int], offset: int, base: float) -> None:
    x = torch.randn(sizes, dtype=torch.float64, generator=torch.Generator().manual_seed(sum(sizes)))
    torch.testing.assert_close(apply_rope(x, offset, base), by_library(x, offset, base), atol=1e-10, rtol=0)


def test_gradient_agrees_with_finite_differences() -> None:
    x = torch.randn(2, 2, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: apply_rope(x, 5, 10.0), [x])


def test_pairs_are_neighbours_and_turn_counter_clockwise() -> None:
    base = (math.pi / 2) ** -2  # the first pair turns by 1, the second by base^(-1/2), a quarter of a circle
    x = torch.tensor([1.0, 0.0, 0.0, 0.0], dtype=torch.float64).reshape(1, 1, 1, 4)
    first, second = apply_rope(x, 1, base), apply_rope(x.roll(2, dims=-1), 1, base)
    assert first.flatten().tolist() == [math.cos(1), math.sin(1), 0.0, 0.0]
    torch.testing.assert_close(second.flatten(), torch.tensor([0.0, 0.0, 0.0, 1.0], dtype=torch.float64))


def test_scores_depend_on_distances_alone() -> None:
    generator = torch.Generator().manual_seed(1)
    query, key = (torch.randn(1, 1, 1, 8, dtype=torch.float64, generator=generator) for _ in range(2))
    scores = [float((apply_rope(query, at + 5) * apply_rope(key, at)).sum()) for at in (0, 1, 77, 50_000)]
    assert max(scores) - min(scores) < 1e-9
    assert abs(float((apply_rope(query, 6) * apply_rope(key, 0)).sum()) - scores[0]) > 1e-3


def test_float32_stays_float32() -> None:
    x = torch.randn(2, 2, 40, 8, generator=torch.Generator().manual_seed(2))
    result = apply_rope(x, 100)
    assert result.dtype == torch.float32
    torch.testing.assert_close(result.double(), apply_rope(x.double(), 100), atol=1e-4, rtol=0)


def test_pieces_at_their_offsets_give_the_whole() -> None:
    x = torch.randn(2, 2, 7, 4, generator=torch.Generator().manual_seed(3))
    pieces = [apply_rope(x[:, :, :3]), apply_rope(x[:, :, 3:4], 3), apply_rope(x[:, :, 4:], 4)]
    assert torch.equal(torch.cat(pieces, dim=2), apply_rope(x))


@pytest.mark.parametrize(("width", "offset"), [(1, 0), (5, 2), (4, -1)])
def test_odd_widths_and_negative_offsets_raise(width: int, offset: int) -> None:
    with pytest.raises(ValueError, match=r"even|negative"):
        apply_rope(torch.ones(1, 1, 2, width), offset)
