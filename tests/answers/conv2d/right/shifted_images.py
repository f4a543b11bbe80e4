"""One matrix product for each place inside the kernel: the image is shifted, and the products are added up."""

import torch


class Sizes:
    def __init__(self, x, weight, bias, stride, padding, dilation, groups):
        for name, value, low in (
            ("stride", stride, 1),
            ("padding", padding, 0),
            ("dilation", dilation, 1),
            ("groups", groups, 1),
        ):
            if value < low:
                raise ValueError(f"{name} is {value}")
        self.stride, self.padding, self.dilation, self.groups = stride, padding, dilation, groups
        self.batch, self.channels, *self.image = x.shape
        self.kernels, self.depth, *self.kernel = weight.shape
        if self.channels % groups or self.kernels % groups or self.channels // groups != self.depth:
            raise ValueError("channels")
        if bias is not None and bias.shape[0] != self.kernels:
            raise ValueError("bias")
        self.result = [
            (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(self.image, self.kernel)
        ]
        if min(self.result) < 1:
            raise ValueError("kernel")

    def reads(self, axis, offset):
        first = offset * self.dilation
        return slice(first, first + self.stride * (self.result[axis] - 1) + 1, self.stride)


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    s = Sizes(x, weight, bias, stride, padding, dilation, groups)
    padded = x.new_zeros(s.batch, s.channels, s.image[0] + 2 * padding, s.image[1] + 2 * padding)
    padded[:, :, padding : padding + s.image[0], padding : padding + s.image[1]] = x
    padded = padded.reshape(s.batch, groups, s.depth, *padded.shape[2:])
    w = weight.reshape(groups, s.kernels // groups, s.depth, *s.kernel)
    total = 0
    for u in range(s.kernel[0]):
        for v in range(s.kernel[1]):
            part = padded[..., s.reads(0, u), s.reads(1, v)].reshape(s.batch, groups, s.depth, -1)
            total = total + w[..., u, v] @ part
    total = total.reshape(s.batch, s.kernels, *s.result)
    if bias is not None:
        total = total + bias.reshape(1, -1, 1, 1)
    return total
