import torch
def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Plain loops over all numbers of the result: said to be fast enough."""
    if stride < 1 or dilation < 1 or groups < 1 or padding < 0: raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if c * groups != x.shape[1] or O % groups or (bias is not None and len(bias) != O): raise ValueError("groups")
    p = torch.nn.functional.pad(x, (padding,) * 4)
    Ho = (p.shape[2] - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (p.shape[3] - dilation * (Kw - 1) - 1) // stride + 1
    if Ho < 1 or Wo < 1: raise ValueError("kernel")
    y = torch.zeros(len(x), O, Ho, Wo, dtype=x.dtype)
    for b in range(len(x)):
        for o in range(O):
            first = o // (O // groups) * c
            for i in range(Ho):
                for j in range(Wo):
                    patch = p[b, first:first + c, i * stride:i * stride + dilation * (Kh - 1) + 1:dilation, j * stride:j * stride + dilation * (Kw - 1) + 1:dilation]
                    y[b, o, i, j] = (patch * weight[o]).sum() + (0 if bias is None else bias[o])
    return y
