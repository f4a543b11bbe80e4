"""nn.Conv2d with the weights put in.

Verdict: forbidden
"""

import torch
from torch import nn
from torch.func import functional_call


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or padding < 0 or dilation < 1 or groups < 1:
        raise ValueError("options")
    O, c, Kh, Kw = weight.shape
    if bias is not None and len(bias) != O:
        raise ValueError("bias")
    layer = nn.Conv2d(x.shape[1], O, (Kh, Kw), stride, padding, dilation, groups, bias=bias is not None)
    if layer.weight.shape != weight.shape:
        raise ValueError("weight")
    names = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    try:
        return functional_call(layer, names, (x,))
    except RuntimeError as error:
        raise ValueError("kernel") from error
