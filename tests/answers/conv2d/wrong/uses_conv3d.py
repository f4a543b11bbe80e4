"""A convolution of three dimensions with a depth of one.

Verdict: forbidden
"""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("options")
    try:
        layer = getattr(torch, "conv" + "3d")
        return layer(x[:, :, None], weight[:, :, None], bias, (1, stride, stride), (0, padding, padding), dilation, groups)[:, :, 0]
    except RuntimeError as error:
        raise ValueError(str(error)) from error
