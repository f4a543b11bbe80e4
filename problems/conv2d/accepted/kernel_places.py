"""A loop over the places of the kernel: each weight times the image, moved, and all of these added up."""

import torch
import torch.nn.functional as F
from torch import Tensor


def places(length: int, kernel: int, stride: int, dilation: int) -> int:
    free = length - (kernel - 1) * dilation
    if free <= 0:
        raise ValueError("the kernel does not fit")
    return (free + stride - 1) // stride


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    if stride <= 0 or padding < 0 or dilation <= 0 or groups <= 0:
        raise ValueError("stride, dilation and groups are positive, padding is not negative")
    kernels, depth, rows, columns = weight.size()
    if depth * groups != x.size(1) or kernels % groups != 0:
        raise ValueError("the channels don't fit the groups")
    if bias is not None and (bias.dim() != 1 or len(bias) != kernels):
        raise ValueError("one bias for each kernel")
    x = F.pad(x, [padding, padding, padding, padding])
    tall, wide = places(x.size(2), rows, stride, dilation), places(x.size(3), columns, stride, dilation)
    total = x.new_zeros(x.size(0), kernels, tall, wide)
    for u in range(rows):
        for v in range(columns):
            top, left = u * dilation, v * dilation
            moved = x[:, :, top::stride, left::stride][:, :, :tall, :wide]
            parts = [
                torch.tensordot(w, image, dims=([1], [1])).transpose(0, 1)
                for w, image in zip(weight[:, :, u, v].chunk(groups), moved.chunk(groups, dim=1), strict=True)
            ]
            total = total + torch.cat(parts, dim=1)
    return total if bias is None else total + bias[None, :, None, None]
