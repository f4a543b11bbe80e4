"""Two-dimensional convolution, as deep learning calls it: the kernel is laid on the image as it is, without being flipped.

    result[b, o, i, j] = bias[o] + sum over c, u, v of
                         x[b, first(o) + c, i·stride + u·dilation - padding, j·stride + v·dilation - padding] · weight[o, c, u, v]

where x is 0 outside its edges and first(o) is the first channel of the group of o.

LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998; Dumoulin and Visin,
"A guide to convolution arithmetic for deep learning", 2016, for the sizes; groups are from Krizhevsky, Sutskever and
Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012.

Decisions:
- All windows are one view of the padded image: `unfold` cuts a span out at every stride, and every dilation-th number
  of the span is read. Nothing is copied before the product.
- Groups are a dimension of both factors, so that grouped, depthwise and ordinary convolutions are one product.
"""

from __future__ import annotations

import torch
from torch import Tensor


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    """Lay every kernel on every place of the image, and add up the products.

    Args:
        x: images [B, C, H, W].
        weight: kernels [O, C/G, Kh, Kw].
        bias: a number for each channel of the result [O]; None: nothing is added.
        stride: how far apart the places are.
        padding: how many rows and columns of zeros are put around the image, on each side.
        dilation: how far apart the numbers are that one kernel reads.
        groups: G; channels of the result read the channels of their own group only.

    Returns:
        [B, O, Ho, Wo].

    Raises:
        ValueError: an option is out of its range, channels don't fit each other, or the kernel does not fit in the image.
    """
    out_channels, group_channels, kernel_height, kernel_width = weight.shape
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("stride, dilation and groups must be at least 1, and padding at least 0")
    if x.shape[1] != groups * group_channels or out_channels % groups:
        raise ValueError(f"{groups} groups don't go with {x.shape[1]} channels and weights {list(weight.shape)}")
    if bias is not None and bias.shape != (out_channels,):
        raise ValueError(f"bias is {list(bias.shape)}; there are {out_channels} channels")
    padded_BCHW = torch.nn.functional.pad(x, (padding,) * 4)
    span_h = dilation * (kernel_height - 1) + 1
    span_w = dilation * (kernel_width - 1) + 1
    if span_h > padded_BCHW.shape[2] or span_w > padded_BCHW.shape[3]:
        raise ValueError(f"a kernel of {span_h} by {span_w} does not fit in {list(padded_BCHW.shape[2:])}")

    spans = padded_BCHW.unfold(2, span_h, stride).unfold(3, span_w, stride)
    windows_BCYXUL = spans[..., ::dilation, ::dilation]
    windows_BGIYXUL = windows_BCYXUL.unflatten(1, (groups, group_channels))
    kernels_GOIUL = weight.unflatten(0, (groups, out_channels // groups))
    result_BGOYX = torch.einsum("bgiyxul,goiul->bgoyx", windows_BGIYXUL, kernels_GOIUL)
    result = result_BGOYX.flatten(1, 2)
    return result if bias is None else bias[:, None, None] + result
