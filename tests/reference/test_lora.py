"""The LoRA reference against a dense weight computed here, and its gradient by finite differences."""

import pytest
import torch
from torch import Tensor, nn

from reference.lora import LoRALinear

SIZES = [(3, 5, 2), (1, 1, 1), (4, 4, 3), (2, 7, 6)]


def layer(
    width_in: int, width_out: int, rank: int, *, alpha: float = 3.0, dropout: float = 0.0, bias: bool = True
) -> LoRALinear:
    torch.manual_seed(width_in * 100 + width_out * 10 + rank)
    adapted = LoRALinear(nn.Linear(width_in, width_out, bias=bias, dtype=torch.float64), rank, alpha, dropout)
    nn.init.normal_(adapted.lora_B)
    return adapted


def dense_weight(adapted: LoRALinear, alpha: float, rank: int) -> Tensor:
    weight = adapted.base.weight.detach().clone()
    for r in range(rank):
        weight += alpha / rank * torch.outer(adapted.lora_B.detach()[:, r], adapted.lora_A.detach()[r])
    return weight


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("leading", [(), (2,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize(("width_in", "width_out", "rank"), SIZES)
def test_computes_what_one_dense_weight_computes(
    width_in: int, width_out: int, rank: int, leading: tuple[int, ...], bias: bool
) -> None:
    adapted = layer(width_in, width_out, rank, bias=bias)
    x = torch.randn(*leading, width_in, dtype=torch.float64)
    expected = nn.functional.linear(x, dense_weight(adapted, 3.0, rank), adapted.base.bias)
    torch.testing.assert_close(adapted(x), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("width_in", "width_out", "rank"), SIZES)
def test_merged_weight_is_the_dense_weight_and_unmerging_restores(width_in: int, width_out: int, rank: int) -> None:
    adapted = layer(width_in, width_out, rank)
    x = torch.randn(4, width_in, dtype=torch.float64)
    before = adapted.base.weight.detach().clone()
    unmerged = adapted(x)
    for _ in range(2):
        adapted.merge()
        torch.testing.assert_close(adapted.base.weight.detach(), dense_weight_of(before, adapted, 3.0, rank))
        torch.testing.assert_close(adapted(x), unmerged, rtol=1e-12, atol=1e-12)
    for _ in range(2):
        adapted.unmerge()
        torch.testing.assert_close(adapted.base.weight.detach(), before, rtol=1e-12, atol=1e-12)
    assert [name for name, p in adapted.named_parameters() if p.requires_grad] == ["lora_A", "lora_B"]


def dense_weight_of(weight: Tensor, adapted: LoRALinear, alpha: float, rank: int) -> Tensor:
    return weight + alpha / rank * torch.einsum("or,ri->oi", adapted.lora_B.detach(), adapted.lora_A.detach())


@pytest.mark.parametrize("merged", [False, True])
def test_gradient_by_finite_differences(merged: bool) -> None:
    adapted = layer(3, 4, 2)
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    if merged:
        adapted.merge()
        assert torch.autograd.gradcheck(adapted, x)
        return

    def call(x: Tensor, a: Tensor, b: Tensor) -> Tensor:
        return torch.func.functional_call(adapted, {"lora_A": a, "lora_B": b}, (x,))

    a = adapted.lora_A.detach().clone().requires_grad_()
    b = adapted.lora_B.detach().clone().requires_grad_()
    assert torch.autograd.gradcheck(call, (x, a, b))


def test_new_layer_computes_what_its_base_computes() -> None:
    base = nn.Linear(3, 4)
    x = torch.randn(5, 3)
    expected = base(x)
    adapted = LoRALinear(base, rank=2, alpha=16.0, dropout=0.5)
    assert adapted.base is base
    assert torch.equal(adapted(x), expected)
    assert adapted.lora_A.unique().numel() > 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_update_takes_the_dtype_of_the_base(dtype: torch.dtype) -> None:
    adapted = LoRALinear(nn.Linear(3, 4, dtype=dtype), rank=2)
    assert adapted.lora_A.dtype == adapted.lora_B.dtype == dtype
    assert adapted(torch.randn(3, dtype=dtype)).dtype == dtype
    assert adapted.double()(torch.randn(3, dtype=torch.float64)).dtype == torch.float64


def test_dropout_zeroes_or_rescales_features_on_the_update_path_in_training_only() -> None:
    adapted = layer(2, 1, 1, dropout=0.25)
    x = torch.randn(2, dtype=torch.float64)
    torch.manual_seed(0)
    drawn = adapted(x.expand(2000, 2))[:, 0].detach()
    factor = 3.0 * adapted.lora_B.detach()[0, 0] * adapted.lora_A.detach()[0] * x / 0.75
    base = adapted.base(x)[0].detach()
    possible = torch.stack([base, base + factor[0], base + factor[1], base + factor.sum()])
    nearest = (drawn[:, None] - possible).abs()
    assert nearest.amin(dim=1).max() < 1e-12
    shares = torch.bincount(nearest.argmin(dim=1), minlength=4) / 2000
    torch.testing.assert_close(shares, torch.tensor([0.0625, 0.1875, 0.1875, 0.5625]), atol=0.05, rtol=0)
    adapted.eval()
    assert torch.equal(adapted(x), adapted(x))


def test_dropout_does_not_act_on_a_merged_layer() -> None:
    adapted = layer(4, 3, 2, dropout=0.5)
    adapted.train()
    adapted.merge()
    x = torch.randn(2, 4, dtype=torch.float64)
    assert torch.equal(adapted(x), adapted.base(x))


def test_training_mode_does_not_merge() -> None:
    adapted = layer(4, 3, 2)
    before = adapted.base.weight.detach().clone()
    for switched in (adapted.eval(), adapted.train()):
        assert torch.equal(switched.base.weight, before)


def test_backward_works_after_a_merge_that_came_between() -> None:
    adapted = layer(4, 3, 2)
    x = torch.randn(2, 4, dtype=torch.float64, requires_grad=True)
    y = adapted(x)
    adapted.merge()
    y.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize("rank", [0, -1])
def test_rank_below_one_is_a_value_error(rank: int) -> None:
    with pytest.raises(ValueError, match="rank"):
        LoRALinear(nn.Linear(3, 4), rank)
