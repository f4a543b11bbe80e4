"""Rows of the result come out of a generator, image by image; one dot product gives all kernels of a group."""

import itertools

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    B, C, H, W = x.shape
    O, D, Kh, Kw = weight.shape
    if not (stride >= 1 <= dilation and groups >= 1 and padding >= 0):
        raise ValueError("options")
    if D * groups != C or O % groups != 0:
        raise ValueError("groups")
    if bias is None:
        bias = np.zeros(O, x.dtype)
    elif len(bias) != O:
        raise ValueError("bias")
    span_h, span_w = dilation * (Kh - 1) + 1, dilation * (Kw - 1) + 1
    kernels = [k.reshape(len(k), -1).T for k in np.split(weight, groups)]

    def images():
        for image in x:
            frame = np.zeros((C, H + 2 * padding, W + 2 * padding), x.dtype)
            frame[:, padding : H + padding, padding : W + padding] = image
            yield frame

    def rows(frame):
        for top in range(0, frame.shape[1] - span_h + 1, stride):
            band = frame[:, top : top + span_h : dilation]
            windows = sliding_window_view(band, span_w, axis=2)[:, :, ::stride, ::dilation]
            windows = windows.transpose(2, 0, 1, 3)  # places, channels, Kh, Kw
            yield np.concatenate(
                [
                    windows[:, g * D : (g + 1) * D].reshape(len(windows), -1) @ kernel
                    for g, kernel in enumerate(kernels)
                ],
                axis=1,
            ) + bias

    if H + 2 * padding < span_h or W + 2 * padding < span_w:
        raise ValueError("kernel")
    result = [list(rows(frame)) for frame in images()]
    return np.ascontiguousarray(np.array(result).transpose(0, 3, 1, 2))
