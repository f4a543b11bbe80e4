import numpy as np


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Plain loops over the numbers of the result; only the sum under a kernel is left to NumPy."""
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("stride, padding, dilation or groups")
    B, C, H, W = x.shape
    O, c, Kh, Kw = weight.shape
    if C % groups or O % groups or C // groups != c:
        raise ValueError("groups")
    if bias is not None and bias.shape != (O,):
        raise ValueError("bias")
    Ho = (H + 2 * padding - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (W + 2 * padding - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1:
        raise ValueError("kernel")
    padded = np.zeros((B, C, H + 2 * padding, W + 2 * padding), x.dtype)
    padded[:, :, padding : padding + H, padding : padding + W] = x
    result = np.empty((B, O, Ho, Wo), x.dtype)
    for b in range(B):
        for o in range(O):
            first = o // (O // groups) * c
            for i in range(Ho):
                for j in range(Wo):
                    top, left = i * stride, j * stride
                    patch = padded[
                        b,
                        first : first + c,
                        top : top + dilation * (Kh - 1) + 1 : dilation,
                        left : left + dilation * (Kw - 1) + 1 : dilation,
                    ]
                    result[b, o, i, j] = (patch * weight[o]).sum()
                    if bias is not None:
                        result[b, o, i, j] += bias[o]
    return result
