"""The reference against the library's own module, and its gradient by finite differences."""

import itertools

import pytest
import torch
from torch import nn

from reference.multi_head_attention import MultiHeadAttention

SIZES = [
    # B, T, S, H, K
    (1, 1, 1, 1, 1),
    (2, 3, 5, 2, 4),
    (3, 4, 2, 3, 1),
    (2, 2, 2, 2, 2),
    (1, 7, 4, 1, 6),
]


def library_answer(m, query, key, value, mask):
    """What nn.MultiheadAttention says with the same weights."""
    width = query.shape[-1]
    library = nn.MultiheadAttention(width, m.num_heads, batch_first=True, dtype=query.dtype)
    three = (m.q_proj, m.k_proj, m.v_proj)
    with torch.no_grad():
        library.in_proj_weight.copy_(torch.cat([layer.weight for layer in three]))
        library.in_proj_bias.copy_(torch.cat([layer.bias for layer in three]))
        library.out_proj.load_state_dict(m.o_proj.state_dict())
    if mask is not None:
        sizes = (query.shape[0], m.num_heads, query.shape[1], key.shape[1])
        mask = ~mask.expand(sizes).flatten(0, 1)
    return library(query, key, value, attn_mask=mask)[0]


def draw(sizes, dtype=torch.float64):
    B, T, S, H, K = sizes
    torch.manual_seed(sum(sizes))
    m = MultiHeadAttention(H * K, H).to(dtype)
    query, key, value = (torch.randn(B, n, H * K, dtype=dtype) for n in (T, S, S))
    return m, query, key, value


def draw_mask(shape):
    mask = torch.rand(shape) < 0.5
    first = torch.randint(shape[-1], (*shape[:-1], 1))
    return mask.scatter(-1, first, True)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-13), (torch.float32, 2e-6)])
def test_agrees_with_the_library_without_a_mask(sizes, dtype, atol):
    m, query, key, value = draw(sizes, dtype)
    expected = library_answer(m, query, key, value, None)
    torch.testing.assert_close(m(query, key, value), expected, atol=atol, rtol=0)


@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_the_library_for_every_shape_of_mask(sizes):
    B, T, S, H, _ = sizes
    m, query, key, value = draw(sizes)
    shapes = [(T, S), *itertools.product({B, 1}, {H, 1}, {T, 1}, {S, 1})]
    for shape in shapes:
        mask = draw_mask(shape)
        expected = library_answer(m, query, key, value, mask)
        torch.testing.assert_close(m(query, key, value, mask), expected, atol=1e-13, rtol=0)


def test_gradient_agrees_with_finite_differences():
    m, query, key, value = draw((2, 3, 4, 2, 2))
    mask = draw_mask((2, 1, 3, 4))
    names = [name for name, _ in m.named_parameters()]

    def f(query, key, value, *parameters):
        return torch.func.functional_call(m, dict(zip(names, parameters, strict=True)), (query, key, value, mask))

    inputs = [tensor.detach().requires_grad_() for tensor in (query, key, value, *m.parameters())]
    assert torch.autograd.gradcheck(f, inputs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_huge_scores_stay_finite_and_masked_keys_stay_out(dtype):
    m, query, key, value = draw((1, 3, 4, 2, 2), dtype)
    mask = torch.tensor([[True, True, False, True]])[None, None]
    changed_key, changed_value = key.clone(), value.clone()
    changed_key[:, 2] = 1e3
    changed_value[:, 2] = -1e3
    result = m(query * 1e4, key, value, mask)
    assert result.isfinite().all()
    assert torch.equal(result, m(query * 1e4, changed_key, changed_value, mask))


def test_undividable_width_raises():
    with pytest.raises(ValueError, match="divisible"):
        MultiHeadAttention(6, 4)
