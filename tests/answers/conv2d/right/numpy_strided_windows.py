"""as_strided over the padded image, flattened to columns, and a matrix product for each group."""

import numpy as np
from numpy.lib.stride_tricks import as_strided


def _raise_if(*conditions):
    for i, condition in enumerate(conditions):
        if condition:
            raise ValueError(f"condition {i} is violated")


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    _raise_if(stride < 1, padding < 0, dilation < 1, groups < 1)
    (n, c_in, h, w), (c_out, c_k, kh, kw) = x.shape, weight.shape
    _raise_if(c_in != c_k * groups, c_out % groups != 0, bias is not None and bias.size != c_out)
    p = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2)))
    rows, columns = p.shape[2] - dilation * (kh - 1), p.shape[3] - dilation * (kw - 1)
    _raise_if(rows < 1, columns < 1)
    ho, wo = -(-rows // stride), -(-columns // stride)
    sn, sc, sh, sw = p.strides
    windows = as_strided(
        p,
        (n, c_in, kh, kw, ho, wo),
        (sn, sc, sh * dilation, sw * dilation, sh * stride, sw * stride),
        writeable=False,
    )
    parts = []
    for patch, kernel in zip(np.split(windows, groups, 1), np.split(weight, groups, 0)):
        columns_ = patch.reshape(n, c_k * kh * kw, ho * wo)
        parts.append(kernel.reshape(-1, c_k * kh * kw) @ columns_)
    y = np.concatenate(parts, 1).reshape(n, c_out, ho, wo)
    if bias is not None:
        y += bias.reshape(-1, 1, 1)
    return y
