"""The reference against the library's attention with shared heads, and its gradient by finite differences."""

import itertools

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from reference.grouped_query_attention import GroupedQueryAttention
from reference.multi_head_attention import MultiHeadAttention

SIZES = [
    # B, T, J, sharing, K
    (1, 1, 1, 1, 1),
    (2, 3, 2, 2, 4),
    (3, 4, 1, 3, 2),
    (2, 2, 3, 1, 2),
    (1, 7, 2, 3, 1),
]


def library_answer(m, x, mask):
    """What scaled_dot_product_attention says between the same projections."""
    q, k, v = (p(x).unflatten(-1, (-1, m.head_width)).transpose(1, 2) for p in (m.q_proj, m.k_proj, m.v_proj))
    heads = scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)
    return m.o_proj(heads.transpose(1, 2).flatten(2))


def draw(sizes, dtype=torch.float64):
    B, T, J, sharing, K = sizes
    torch.manual_seed(sum(sizes))
    heads = J * sharing
    return GroupedQueryAttention(heads * K, heads, J).to(dtype), torch.randn(B, T, heads * K, dtype=dtype)


def draw_mask(shape):
    return (torch.rand(shape) < 0.5).scatter(-1, torch.randint(shape[-1], (*shape[:-1], 1)), True)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-13), (torch.float32, 2e-6)])
def test_agrees_with_the_library_without_a_mask(sizes, dtype, atol):
    m, x = draw(sizes, dtype)
    torch.testing.assert_close(m(x), library_answer(m, x, None), atol=atol, rtol=0)


@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_the_library_for_every_shape_of_mask(sizes):
    B, T, J, sharing, _ = sizes
    m, x = draw(sizes)
    for shape in [(T, T), *itertools.product({B, 1}, {J * sharing, 1}, {T, 1}, {T, 1})]:
        mask = draw_mask(shape)
        torch.testing.assert_close(m(x, mask), library_answer(m, x, mask), atol=1e-13, rtol=0)


def test_with_as_many_key_value_heads_as_heads_it_is_multi_head_attention():
    m, x = draw((2, 5, 3, 1, 2))
    other = MultiHeadAttention(6, 3).double()
    other.load_state_dict(m.state_dict())
    assert torch.equal(m(x), other(x, x, x))


def test_neighbouring_query_heads_share():
    m, x = draw((1, 4, 2, 2, 3))
    with torch.no_grad():
        m.o_proj.weight.copy_(torch.eye(12))
        before = m(x)
        m.v_proj.bias[:3] += 1.0
        moved = (m(x) - before).abs().amax(dim=(0, 1)) > 1e-9
    assert moved.tolist() == [True] * 6 + [False] * 6


def test_gradient_agrees_with_finite_differences():
    m, x = draw((2, 3, 2, 2, 1))
    mask = draw_mask((2, 4, 3, 3))
    names = [name for name, _ in m.named_parameters()]

    def f(x, *parameters):
        return torch.func.functional_call(m, dict(zip(names, parameters, strict=True)), (x, mask))

    assert torch.autograd.gradcheck(f, [tensor.detach().requires_grad_() for tensor in (x, *m.parameters())])


def test_huge_scores_stay_finite():
    m, x = draw((1, 3, 1, 2, 2), torch.float32)
    assert m(x * 1e4).isfinite().all()


@pytest.mark.parametrize("sizes", [(6, 4, 2), (8, 4, 3), (4, 2, 4)])
def test_what_can_not_be_divided_raises(sizes):
    with pytest.raises(ValueError, match="divisible"):
        GroupedQueryAttention(*sizes)
