"""A loop over the places of the output, all images and kernels of a group at once."""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if not (stride >= 1 and padding >= 0 and dilation >= 1 and groups >= 1):
        raise ValueError("stride, padding, dilation or groups out of range")
    batch, channels, height, width = x.shape
    kernels, depth, kh, kw = weight.shape
    if channels != depth * groups:
        raise ValueError("the kernels have another depth than the groups")
    if kernels % groups != 0:
        raise ValueError("kernels can't be divided by groups")
    if bias is not None and bias.shape != (kernels,):
        raise ValueError("bias has another length than there are kernels")
    tall = (height + 2 * padding - dilation * (kh - 1) - 1) // stride + 1
    wide = (width + 2 * padding - dilation * (kw - 1) - 1) // stride + 1
    if min(tall, wide) < 1:
        raise ValueError("no place for the kernel")

    padded = np.zeros((batch, channels, height + 2 * padding, width + 2 * padding), dtype=x.dtype)
    padded[:, :, padding : padding + height, padding : padding + width] = x
    result = np.zeros((batch, kernels, tall, wide), dtype=x.dtype)
    share = kernels // groups
    for g in range(groups):
        own = weight[g * share : (g + 1) * share].reshape(share, -1)
        image = padded[:, g * depth : (g + 1) * depth]
        for i in range(tall):
            for j in range(wide):
                top, left = i * stride, j * stride
                patch = image[:, :, top : top + dilation * kh : dilation, left : left + dilation * kw : dilation]
                result[:, g * share : (g + 1) * share, i, j] = patch.reshape(batch, -1) @ own.T
    if bias is not None:
        result += bias[:, np.newaxis, np.newaxis]
    return result
