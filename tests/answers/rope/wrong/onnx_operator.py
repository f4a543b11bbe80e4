"""The operator of ONNX, in a helper.

Verdict: forbidden
"""

import torch
import torch.onnx.ops as ops


def apply_rope(x, offset=0, base=10000.0):
    d = x.shape[-1]
    if d % 2 or offset < 0:
        raise ValueError("odd width or negative offset")
    inv_freq = base ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
    angles = torch.outer(torch.arange(offset, offset + x.shape[2], dtype=x.dtype), inv_freq)
    tables = [each.expand(x.shape[0], -1, -1) for each in (angles.cos(), angles.sin())]
    return ops.rotary_embedding(x, *tables, interleaved=True)
