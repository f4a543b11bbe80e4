"""The reference against the library's encoder layer with a causal mask, and its gradient by finite differences."""

import pytest
import torch
from torch import nn

from reference.transformer_block import TransformerBlock

SIZES = [
    # B, T, H, K, F
    (1, 1, 1, 1, 1),
    (2, 3, 2, 4, 5),
    (3, 4, 3, 1, 7),
    (2, 2, 2, 2, 2),
    (1, 7, 1, 6, 9),
]


def library_answer(m, x):
    """What nn.TransformerEncoderLayer says with the same weights."""
    width, heads = x.shape[-1], x.shape[-1] // m.head_width
    inner = m.up_proj.out_features
    options = {"dropout": 0.0, "activation": "gelu", "batch_first": True, "norm_first": True}
    library = nn.TransformerEncoderLayer(width, heads, inner, dtype=x.dtype, **options)
    three = (m.q_proj, m.k_proj, m.v_proj)
    with torch.no_grad():
        library.self_attn.in_proj_weight.copy_(torch.cat([layer.weight for layer in three]))
        library.self_attn.in_proj_bias.copy_(torch.cat([layer.bias for layer in three]))
    for theirs, ours in (
        (library.self_attn.out_proj, m.o_proj),
        (library.linear1, m.up_proj),
        (library.linear2, m.down_proj),
        (library.norm1, m.norm1),
        (library.norm2, m.norm2),
    ):
        theirs.load_state_dict(ours.state_dict())
    mask = torch.full((x.shape[1], x.shape[1]), -torch.inf, dtype=x.dtype).triu(1)
    return library(x, src_mask=mask)


def draw(sizes, dtype=torch.float64):
    B, T, H, K, F = sizes
    torch.manual_seed(sum(sizes))
    m = TransformerBlock(H * K, H, F).to(dtype)
    with torch.no_grad():
        for norm in (m.norm1, m.norm2):
            norm.weight.normal_()
            norm.bias.normal_()
    return m, torch.randn(B, T, H * K, dtype=dtype)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_agrees_with_the_library(sizes, dtype, atol):
    m, x = draw(sizes, dtype)
    torch.testing.assert_close(m(x), library_answer(m, x), atol=atol, rtol=0)


def test_gradient_agrees_with_finite_differences():
    m, x = draw((2, 3, 2, 2, 3))
    names = [name for name, _ in m.named_parameters()]

    def f(x, *parameters):
        return torch.func.functional_call(m, dict(zip(names, parameters, strict=True)), (x,))

    assert len(names) == 16
    assert torch.autograd.gradcheck(f, [tensor.detach().requires_grad_() for tensor in (x, *m.parameters())])


def test_a_token_does_not_see_the_future():
    m, x = draw((2, 5, 2, 3, 4))
    other = x.clone()
    other[:, 3:] = 100.0
    assert torch.equal(m(x)[:, :3], m(other)[:, :3])
    torch.testing.assert_close(m(x[:, :3]), m(x)[:, :3])


def test_silent_parts_let_x_pass():
    m, x = draw((2, 3, 2, 2, 3))
    for layer in (m.o_proj, m.down_proj):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
    assert torch.equal(m(x), x)


def test_undividable_width_raises():
    with pytest.raises(ValueError, match="divisible"):
        TransformerBlock(6, 4, 8)
