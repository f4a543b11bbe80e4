"""No stride, dilation or groups inside: kernels are spread out with zeros, to all channels too, and of the result every stride-th
row and column is kept."""

import functools

import torch


def with_zeros_between(w, dilation):
    o, c, kh, kw = w.shape
    wide = w.new_zeros(o, c, dilation * (kh - 1) + 1, dilation * (kw - 1) + 1)
    wide[:, :, ::dilation, ::dilation] = w
    return wide


def for_all_channels(w, groups):
    if groups == 1:
        return w
    blocks = w.chunk(groups, 0)
    rows = []
    for g, block in enumerate(blocks):
        zeros = torch.zeros_like(block)
        rows.append(torch.cat([block if h == g else zeros for h in range(groups)], 1))
    return torch.cat(rows, 0)


def checked(f):
    @functools.wraps(f)
    def g(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        if stride < 1 or dilation < 1 or groups < 1:
            raise ValueError("stride, dilation and groups are at least 1")
        if padding < 0:
            raise ValueError("padding is at least 0")
        if x.shape[1] % groups or weight.shape[0] % groups or x.shape[1] // groups != weight.shape[1]:
            raise ValueError("groups")
        if bias is not None and bias.shape[0] != weight.shape[0]:
            raise ValueError("bias")
        for axis in (2, 3):
            if x.shape[axis] + 2 * padding < dilation * (weight.shape[axis] - 1) + 1:
                raise ValueError("kernel")
        return f(x, weight, bias, stride, padding, dilation, groups)

    return g


@checked
def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    x = torch.constant_pad_nd(x, (padding, padding, padding, padding), 0.0)
    w = for_all_channels(with_zeros_between(weight, dilation), groups)
    rows = x.unfold(2, w.shape[2], 1).unfold(3, w.shape[3], 1)
    y = torch.einsum("bchwuv,ocuv->bohw", rows[:, :, ::stride, ::stride], w)
    return y + bias.view(-1, 1, 1) if bias is not None else y
