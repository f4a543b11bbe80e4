"""A bias without a weight is dropped, rms_norm subtracts the mean before it squares,
and layer_norm computes half precision as it is.

Verdict: wrong_answer
Lines: 18, 21, 27
Mistakes: 3
"""

import torch
from torch import Tensor


def _up(x: Tensor) -> Tensor:
    return x if x.dtype == torch.float64 else x.float()


def layer_norm(x: Tensor, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    h = x
    centred = h - h.mean(-1, keepdim=True)
    out = centred * torch.rsqrt(centred.square().mean(-1, keepdim=True) + eps)
    out = out if weight is None else out * weight + (0 if bias is None else bias)
    return out.to(x.dtype)


def rms_norm(x: Tensor, weight: Tensor | None = None, eps: float = 1e-6) -> Tensor:
    h = _up(x)
    scale = torch.rsqrt((h - h.mean(-1, keepdim=True)).square().mean(-1, keepdim=True) + eps)
    return (h * scale * (1.0 if weight is None else weight)).to(x.dtype)
