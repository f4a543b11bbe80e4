"""The library's own convolution: an answer by other means, with which the reference is compared."""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """torch.conv2d, which raises RuntimeError where the statement asks for ValueError."""
    try:
        return torch.conv2d(x, weight, bias, stride, padding, dilation, groups)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
