"""The reference against the library's own function, in any chunks, and its gradient by finite differences."""

import pytest
import torch
import torch.nn.functional as F

from reference.kv_cache import CachedSelfAttention


def draw(B=2, T=6, H=2, K=3, dtype=torch.float64):
    torch.manual_seed(B + 10 * T + 100 * H + 1000 * K)
    return CachedSelfAttention(H * K, H).to(dtype), torch.randn(B, T, H * K, dtype=dtype)


def all_cuts(length):
    """Every way to cut `length` positions into chunks."""
    if length == 0:
        return [[]]
    return [[first, *rest] for first in range(1, length + 1) for rest in all_cuts(length - first)]


def library_answer(m, x):
    q, k, v = (m.split_heads(layer(x)) for layer in (m.q_proj, m.k_proj, m.v_proj))
    return m.o_proj(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))


@pytest.mark.parametrize(("B", "T", "H", "K"), [(1, 1, 1, 1), (2, 5, 2, 3), (3, 8, 1, 4), (1, 33, 4, 2)])
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-13), (torch.float32, 2e-6)])
def test_one_full_pass_agrees_with_the_library(B, T, H, K, dtype, atol):
    m, x = draw(B, T, H, K, dtype)
    out, (k, v) = m(x)
    torch.testing.assert_close(out, library_answer(m, x), atol=atol, rtol=0)
    torch.testing.assert_close(k, m.split_heads(m.k_proj(x)), atol=atol, rtol=0)
    torch.testing.assert_close(v, m.split_heads(m.v_proj(x)), atol=atol, rtol=0)


def test_every_way_of_cutting_gives_the_full_pass():
    m, x = draw()
    full, (full_k, full_v) = m(x)
    for sizes in all_cuts(x.shape[1]):
        cache, outs = None, []
        for chunk in x.split(sizes, dim=1):
            out, cache = m(chunk, cache)
            outs.append(out)
        torch.testing.assert_close(torch.cat(outs, dim=1), full, atol=1e-13, rtol=0)
        torch.testing.assert_close(cache, (full_k, full_v), atol=1e-13, rtol=0)


def test_an_empty_cache_is_no_cache():
    m, x = draw()
    empty = torch.zeros(2, 2, 0, 3, dtype=x.dtype)
    assert torch.equal(m(x, (empty, empty))[0], m(x)[0])


def test_one_prefix_may_be_continued_twice():
    m, x = draw()
    _, cache = m(x[:, :3])
    before = [tensor.clone() for tensor in cache]
    first, first_cache = m(x[:, 3:], cache)
    kept = first_cache[0].clone()
    m(-x[:, 3:], cache)
    again, _ = m(x[:, 3:], cache)
    assert torch.equal(first, again)
    assert torch.equal(first_cache[0], kept)
    assert all(torch.equal(old, now) for old, now in zip(before, cache, strict=True))


def test_gradient_of_the_last_chunk_agrees_with_finite_differences():
    m, x = draw(B=1, T=5, H=2, K=2)
    with torch.no_grad():
        _, cache = m(x[:, :2])
    names = [name for name, _ in m.named_parameters()]

    def f(chunk, *parameters):
        out, (k, v) = torch.func.functional_call(m, dict(zip(names, parameters, strict=True)), (chunk, cache))
        return out, k, v

    inputs = [tensor.detach().requires_grad_() for tensor in (x[:, 2:], *m.parameters())]
    assert torch.autograd.gradcheck(f, inputs)


def test_huge_scores_stay_finite():
    m, x = draw(dtype=torch.float32)
    out, cache = m(x * 1e2)
    assert out.isfinite().all()
    assert m(x * 1e2, cache)[0].isfinite().all()


def test_undividable_width_raises():
    with pytest.raises(ValueError, match="divisible"):
        CachedSelfAttention(6, 4)
