"""The kernel is flipped, the channels of the groups are interleaved, and the check of the size adds the padding
on one side only.

Verdict: runtime_error | wrong_answer
Lines: 26, 32, 33
Mistakes: 3
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def _require(condition, message):
    if not condition:
        raise ValueError(message)


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    batch, channels, height, width = x.shape
    kernels, per_group, kh, kw = weight.shape
    _require(stride >= 1 and dilation >= 1 and groups >= 1 and padding >= 0, "option out of range")
    _require(channels % groups == 0 and kernels % groups == 0, "groups do not divide the channels")
    _require(per_group == channels // groups, "kernels have the wrong number of channels")
    _require(bias is None or bias.shape == (kernels,), "bias has the wrong length")
    reach_h, reach_w = dilation * (kh - 1) + 1, dilation * (kw - 1) + 1
    _require(min(height + padding - reach_h, width + padding - reach_w) >= 0, "kernel too large")

    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, (reach_h, reach_w), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride, ::dilation, ::dilation]
    places = windows.shape[2:4]
    blocks = windows.reshape(batch, per_group, groups, *places, kh, kw).swapaxes(1, 2)
    filters = weight[:, :, ::-1, ::-1].reshape(groups, kernels // groups, per_group, kh, kw)
    result = np.einsum("bgchwuv,gocuv->bgohw", blocks, filters, optimize=True)
    result = result.reshape(batch, kernels, *places)
    return result if bias is None else result + bias[:, None, None]
