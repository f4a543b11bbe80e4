"""Patches as the columns of a matrix, found by index, and one matrix product for all groups."""

import torch


def _positions(length, kernel, stride, dilation):
    """Which row (or column) of the padded image stands at each place of the kernel, for each place of the output."""
    starts = torch.arange(0, length - dilation * (kernel - 1), stride)
    if starts.numel() == 0:
        raise ValueError("kernel too large")
    return starts[None, :] + dilation * torch.arange(kernel)[:, None]


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0:
        raise ValueError("bad option")
    n, c = x.shape[:2]
    o, c_group, kh, kw = weight.shape
    if c % groups or o % groups or c // groups != c_group:
        raise ValueError("channels, kernels and groups don't match")
    if bias is not None and bias.shape != torch.Size([o]):
        raise ValueError("bias has the wrong shape")
    h, w = x.shape[2] + 2 * padding, x.shape[3] + 2 * padding
    if h < dilation * (kh - 1) + 1 or w < dilation * (kw - 1) + 1:
        raise ValueError("kernel too large")

    padded = torch.nn.ZeroPad2d(padding)(x)
    rows = _positions(h, kh, stride, dilation)  # [kh, ho]
    columns = _positions(w, kw, stride, dilation)  # [kw, wo]
    ho, wo = rows.shape[1], columns.shape[1]
    patches = padded[:, :, rows[:, None, :, None], columns[None, :, None, :]]  # [n, c, kh, kw, ho, wo]
    matrix = patches.reshape(n, groups, c_group * kh * kw, ho * wo)
    kernels = weight.reshape(1, groups, o // groups, c_group * kh * kw)
    result = (kernels @ matrix).reshape(n, o, ho, wo)
    return result if bias is None else result + bias.view(-1, 1, 1)
