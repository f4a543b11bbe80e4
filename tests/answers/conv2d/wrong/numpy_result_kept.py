"""Results of one shape share a buffer, which the next call overwrites.

Verdict: wrong_answer
Lines: 16
"""

import numpy as np


class Conv:
    def __init__(self):
        self.out = {}

    def __call__(self, x, weight, stride, dilation, groups, Ho, Wo):
        O, c, Kh, Kw = weight.shape
        y = self.out.setdefault((len(x), O, Ho, Wo, x.dtype), np.empty((len(x), O, Ho, Wo), x.dtype))
        y.fill(0)
        n = O // groups
        for g in range(groups):
            for u in range(Kh):
                for v in range(Kw):
                    part = x[:, g * c : (g + 1) * c, u * dilation :: stride, v * dilation :: stride][:, :, :Ho, :Wo]
                    y[:, g * n : (g + 1) * n] += np.einsum("bchw,oc->bohw", part, weight[g * n : (g + 1) * n, :, u, v])
        return y


_conv = Conv()


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if x.shape[1] != c * groups or O % groups:
        raise ValueError("groups")
    if bias is not None and bias.shape != (O,):
        raise ValueError("bias")
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    Ho = (p.shape[2] - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (p.shape[3] - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    y = _conv(p, weight, stride, dilation, groups, Ho, Wo)
    if bias is not None:
        y += bias[:, None, None]
    return y
