import torch
from torch import Tensor
from typing import List, Optional


@torch.jit.script
def _forward(x: Tensor, w: Tensor, stride: int, padding: int, dilation: int, groups: int) -> Tensor:
    b, c, h, wd = x.shape
    depth = w.shape[1]
    per = w.shape[0] // groups
    frame = torch.zeros([b, c, h + 2 * padding, wd + 2 * padding], dtype=x.dtype)
    frame[:, :, padding : padding + h, padding : padding + wd] = x
    ho = (frame.shape[2] - dilation * (w.shape[2] - 1) - 1) // stride + 1
    wo = (frame.shape[3] - dilation * (w.shape[3] - 1) - 1) // stride + 1
    parts: List[Tensor] = []
    for g in range(groups):
        block = frame[:, g * depth : (g + 1) * depth]
        columns: List[Tensor] = []
        for u in range(w.shape[2]):
            for v in range(w.shape[3]):
                top = u * dilation
                left = v * dilation
                columns.append(
                    block[:, :, top : top + stride * (ho - 1) + 1 : stride, left : left + stride * (wo - 1) + 1 : stride]
                )
        stacked = torch.stack(columns, 2).reshape(b, depth * w.shape[2] * w.shape[3], ho * wo)
        kernel = w[g * per : (g + 1) * per].reshape(per, -1)
        parts.append(torch.matmul(kernel, stacked).reshape(b, per, ho, wo))
    return torch.cat(parts, 1)


def conv2d(x, weight, bias: Optional[Tensor] = None, stride=1, padding=0, dilation=1, groups=1):
    if stride < 1 or padding < 0 or dilation < 1 or groups < 1:
        raise ValueError
    if weight.shape[0] % groups or weight.shape[1] * groups != x.shape[1]:
        raise ValueError
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise ValueError
    for n, k in zip(x.shape[2:], weight.shape[2:]):
        if n + 2 * padding - dilation * (k - 1) < 1:
            raise ValueError
    y = _forward(x, weight, stride, padding, dilation, groups)
    return y if bias is None else y + bias[None, :, None, None]
