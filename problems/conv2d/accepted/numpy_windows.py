"""All windows as a view, and one einsum."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups, padding + 1) < 1:
        raise ValueError("stride, dilation and groups must be positive, padding at least zero")
    n_out, n_in, kh, kw = weight.shape
    if x.shape[1] % groups or n_out % groups or x.shape[1] // groups != n_in:
        raise ValueError("channels and groups don't go together")
    if bias is not None and (bias.ndim != 1 or bias.size != n_out):
        raise ValueError("bias must be [O]")
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    span = ((kh - 1) * dilation + 1, (kw - 1) * dilation + 1)
    if any(size < needed for size, needed in zip(padded.shape[2:], span, strict=True)):
        raise ValueError("the kernel does not fit in the padded image")
    windows = sliding_window_view(padded, span, axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride, ::dilation, ::dilation]
    batch, _, ho, wo = windows.shape[:4]
    windows = windows.reshape(batch, groups, n_in, ho, wo, kh, kw)
    kernels = weight.reshape(groups, n_out // groups, n_in, kh, kw)
    out = np.einsum("bgihwuv,goiuv->bgohw", windows, kernels, optimize=True).reshape(batch, n_out, ho, wo)
    return out if bias is None else out + bias.reshape(n_out, 1, 1)
