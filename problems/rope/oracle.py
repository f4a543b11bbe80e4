"""The operator that ONNX has for it, on tables of cosines and sines in float64: an answer by other means."""

import torch
from torch.onnx.ops import rotary_embedding


class Turn(torch.autograd.Function):
    """ONNX's operator with interleaved pairs, which has no gradient: that of a rotation is the rotation backwards."""

    @staticmethod
    def forward(ctx, x, cos, sin):
        """Turn."""
        ctx.save_for_backward(cos, sin)
        return rotary_embedding(x, cos, sin, interleaved=True)

    @staticmethod
    def backward(ctx, gradient):
        """Turn back."""
        cos, sin = ctx.saved_tensors
        return rotary_embedding(gradient.contiguous(), cos, -sin, interleaved=True), None, None


def apply_rope(x, offset=0, base=10000.0):
    """Tables for every sequence of the batch, and the operator."""
    if x.shape[-1] % 2 or offset < 0:
        raise ValueError("an odd width or a negative offset")
    frequencies = torch.tensor([base ** (-i / x.shape[-1]) for i in range(0, x.shape[-1], 2)], dtype=torch.float64)
    angles = torch.arange(offset, offset + x.shape[2], dtype=torch.float64).outer(frequencies)
    tables = [table.to(x.dtype).expand(x.shape[0], -1, -1).contiguous() for table in (angles.cos(), angles.sin())]
    return Turn.apply(x.contiguous(), *tables)
