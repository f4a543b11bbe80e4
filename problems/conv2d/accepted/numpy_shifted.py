"""Each weight of the kernel times the whole image, moved."""

import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    for value, least in ((stride, 1), (padding, 0), (dilation, 1), (groups, 1)):
        if value < least:
            raise ValueError(f"{value} is below {least}")
    B, C, H, W = x.shape
    filters, depth, Kh, Kw = weight.shape
    if filters % groups or depth * groups != C:
        raise ValueError(f"{groups} groups: {C} channels, {filters} kernels of depth {depth}")
    if bias is not None and bias.shape != (filters,):
        raise ValueError(f"a bias of shape {bias.shape} for {filters} channels")
    bottom, right = H + 2 * padding - (Kh - 1) * dilation, W + 2 * padding - (Kw - 1) * dilation
    if bottom < 1 or right < 1:
        raise ValueError("the kernel hangs over")
    around = np.pad(x, [(0, 0), (0, 0), (padding,) * 2, (padding,) * 2], mode="constant", constant_values=0)
    around = around.reshape(B, groups, depth, *around.shape[2:])
    kernels = weight.reshape(groups, filters // groups, depth, Kh, Kw)
    total = 0
    for u, v in np.ndindex(Kh, Kw):
        top, left = u * dilation, v * dilation
        moved = around[..., top : top + bottom : stride, left : left + right : stride]
        total = total + (kernels[None, ..., u, v, None, None] * moved[:, :, None]).sum(axis=3)
    total = total.reshape(B, filters, *total.shape[3:])
    return total if bias is None else total + bias[:, None, None]
