"""The numbers that each place reads are gathered by index; places outside the image read an entry of zero at the end."""

from functools import partial

import torch


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    def require(condition, what):
        if not condition:
            raise ValueError(what)

    require(stride > 0, "stride")
    require(padding >= 0, "padding")
    require(dilation > 0, "dilation")
    require(groups > 0, "groups")
    B, C, H, W = x.shape
    O, depth, Kh, Kw = weight.shape
    require(C % groups == 0 and O % groups == 0 and C // groups == depth, "groups")
    require(bias is None or bias.numel() == O, "bias")

    def positions(size, kernel):
        places = range(0, size + 2 * padding - dilation * (kernel - 1), stride)
        require(len(places) > 0, "kernel")
        at = torch.tensor([[place + k * dilation - padding for k in range(kernel)] for place in places])
        return at, (at >= 0) & (at < size)

    rows, rows_in = positions(H, Kh)
    columns, columns_in = positions(W, Kw)
    inside = rows_in[:, None, :, None] & columns_in[None, :, None, :]
    index = torch.where(inside, rows[:, None, :, None] * W + columns[None, :, None, :], H * W)
    flat = torch.cat([x.reshape(B, C, H * W), x.new_zeros(B, C, 1)], -1)
    patches = flat[:, :, index]  # [B, C, Ho, Wo, Kh, Kw]
    convolve = partial(torch.tensordot, dims=([1, 4, 5], [1, 2, 3]))
    y = [convolve(p, w) for p, w in zip(patches.chunk(groups, 1), weight.chunk(groups, 0))]
    y = torch.cat(y, -1)
    if bias is not None:
        y = y + bias
    return y.permute(0, 3, 1, 2)
