"""A loop over all places of the output: cut the patch out, multiply, add up."""

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    B, C, H, W = x.shape
    kernels, depth, Kh, Kw = weight.shape
    for name, value, least in (
        ("stride", stride, 1),
        ("padding", padding, 0),
        ("dilation", dilation, 1),
        ("groups", groups, 1),
    ):
        if value < least:
            raise ValueError(f"{name} must be at least {least}, not {value}")
    if C % groups:
        raise ValueError(f"{C} channels can't be divided into {groups} groups")
    if kernels % groups:
        raise ValueError(f"{kernels} kernels can't be divided into {groups} groups")
    if depth != C // groups:
        raise ValueError(f"each kernel has {depth} channels, and each group {C // groups}")
    if bias is not None and tuple(bias.shape) != (kernels,):
        raise ValueError(f"bias must be [{kernels}]")
    reach_h, reach_w = dilation * (Kh - 1), dilation * (Kw - 1)
    Ho = (H + 2 * padding - reach_h - 1) // stride + 1
    Wo = (W + 2 * padding - reach_w - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("the kernel is larger than the padded image")

    padded = torch.zeros(B, C, H + 2 * padding, W + 2 * padding, dtype=x.dtype)
    padded[:, :, padding : padding + H, padding : padding + W] = x
    images = []
    for b in range(B):
        maps = []
        for o in range(kernels):
            first = o // (kernels // groups) * depth
            image = padded[b, first : first + depth]
            numbers = []
            for i in range(0, Ho * stride, stride):
                for j in range(0, Wo * stride, stride):
                    patch = image[:, i : i + reach_h + 1 : dilation, j : j + reach_w + 1 : dilation]
                    numbers.append((patch * weight[o]).sum())
            maps.append(torch.stack(numbers).reshape(Ho, Wo))
        images.append(torch.stack(maps))
    result = torch.stack(images)
    if bias is not None:
        result = result + bias.reshape(1, kernels, 1, 1)
    return result
