"""The AdamW reference against torch.optim.AdamW."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from reference.adam import AdamW

SHAPES = [(3,), (2, 4), (), (2, 4)]


def parameters(seed: int = 0, dtype: torch.dtype = torch.float64) -> list[nn.Parameter]:
    generator = torch.Generator().manual_seed(seed)
    return [nn.Parameter(torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)) for shape in SHAPES]


def set_gradients(of: list[nn.Parameter], seed: int, missing: int | None = None) -> None:
    generator = torch.Generator().manual_seed(100 + seed)
    for place, param in enumerate(of):
        drawn = torch.randn(param.shape, generator=generator, dtype=torch.float64).to(param.dtype)
        param.grad = None if place == missing else drawn


def groups(of: list[nn.Parameter]) -> list[dict[str, Any]]:
    return [{"params": of[:1], "lr": 0.3}, {"params": of[1:], "weight_decay": 0.2, "betas": (0.5, 0.9), "eps": 1e-3}]


def assert_same(ours: list[nn.Parameter], theirs: list[nn.Parameter]) -> None:
    for mine, right in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, right, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    "options", [{}, {"lr": 0.1, "weight_decay": 0.5}, {"lr": 0.1, "betas": (0.0, 0.5), "eps": 0.1}]
)
def test_agrees_with_the_library_over_many_steps(options: dict[str, Any]) -> None:
    ours, theirs = parameters(), parameters()
    mine, right = AdamW(ours, **options), torch.optim.AdamW(theirs, **options)
    for step in range(30):
        for params, optimiser in ((ours, mine), (theirs, right)):
            set_gradients(params, step)
            optimiser.step()
        assert_same(ours, theirs)


def test_groups_and_missing_gradients_agree_with_the_library() -> None:
    ours, theirs = parameters(), parameters()
    mine, right = AdamW(groups(ours), lr=0.05), torch.optim.AdamW(groups(theirs), lr=0.05)
    for step in range(12):
        for params, optimiser in ((ours, mine), (theirs, right)):
            set_gradients(params, step, missing=step % 5)
            optimiser.step()
        assert_same(ours, theirs)


def test_a_generator_will_do() -> None:
    layer = nn.Linear(2, 3)
    before = layer.weight.detach().clone()
    optimiser = AdamW(layer.parameters(), lr=0.1)
    for _ in range(2):
        layer(torch.ones(1, 2)).sum().backward()
        optimiser.step()
        optimiser.zero_grad()
    assert (layer.weight < before - 0.15).all()
    assert layer.weight.grad is None


def test_the_gradient_is_left_alone_and_the_parameter_stays_a_leaf() -> None:
    (param,) = parameters()[:1]
    gradient = torch.ones(3, dtype=torch.float64)
    param.grad = gradient
    AdamW([param], lr=0.1, weight_decay=0.5).step()
    assert param.grad is gradient
    assert torch.equal(gradient, torch.ones(3, dtype=torch.float64))
    assert param.requires_grad
    assert param.is_leaf


def test_float32_stays_float32() -> None:
    single, double = parameters(dtype=torch.float32), parameters()
    for params in (single, double):
        optimiser = AdamW(params, lr=0.1)
        for step in range(20):
            set_gradients(params, step)
            optimiser.step()
    for mine, exact in zip(single, double, strict=True):
        assert mine.dtype == torch.float32
        torch.testing.assert_close(mine.double(), exact, rtol=1e-5, atol=1e-5)


BAD = [{"lr": -1e-3}, {"eps": -1e-9}, {"weight_decay": -0.1}, {"betas": (1.0, 0.9)}, {"betas": (0.9, -0.1)}]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_an_option_out_of_range_raises_wherever_it_stands(bad: dict[str, Any]) -> None:
    first, second = (Tensor([1.0]), Tensor([2.0]))
    with pytest.raises(ValueError, match=next(iter(bad))):
        AdamW([first], **bad)
    with pytest.raises(ValueError, match=next(iter(bad))):
        AdamW([{"params": [first]}, {"params": [second], **bad}])
