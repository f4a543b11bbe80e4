"""The derivative of a transposed convolution is a convolution: autograd is asked for it.

Verdict: forbidden
"""

import torch
from torch.nn.functional import conv_transpose2d as spread


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups or (bias is not None and len(bias) != O):
        raise ValueError("shapes")
    sizes = [n + 2 * padding - dilation * (k - 1) - 1 for n, k in zip(x.shape[2:], (Kh, Kw))]
    if min(sizes) < 0:
        raise ValueError("kernel")
    place = torch.zeros(len(x), O, *(s // stride + 1 for s in sizes), dtype=x.dtype, requires_grad=True)
    rest = [s % stride for s in sizes]
    image = spread(place, weight, None, stride, padding, rest, groups, dilation)
    (y,) = torch.autograd.grad(image, place, x, create_graph=True)
    return y if bias is None else y + bias[:, None, None]
