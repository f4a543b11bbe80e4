"""Group 1 for all but the depthwise case, which takes kernel o for channel o % C: wrong where a channel has several kernels.

Verdict: wrong_answer
Lines: 36
"""

import numpy as np


def _correlate(p, w, stride, dilation):
    Kh, Kw = w.shape[2:]
    Ho = (p.shape[2] - dilation * (Kh - 1) - 1) // stride + 1
    Wo = (p.shape[3] - dilation * (Kw - 1) - 1) // stride + 1
    y = 0
    for u in range(Kh):
        for v in range(Kw):
            part = p[:, :, u * dilation :: stride, v * dilation :: stride][:, :, :Ho, :Wo]
            y = y + np.einsum("bchw,oc->bohw", part, w[:, :, u, v])
    return y


def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if min(stride, dilation, groups) < 1 or padding < 0:
        raise ValueError("options")
    C, O = x.shape[1], weight.shape[0]
    if C % groups or O % groups or C // groups != weight.shape[1]:
        raise ValueError("groups")
    if bias is not None and len(bias) != O:
        raise ValueError("bias")
    p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if any(p.shape[d] < dilation * (weight.shape[d] - 1) + 1 for d in (2, 3)):
        raise ValueError("kernel")
    if groups == 1:
        y = _correlate(p, weight, stride, dilation)
    elif groups == C:
        y = np.concatenate([_correlate(p[:, [o % C]], weight[[o]], stride, dilation) for o in range(O)], 1)
    else:
        y = np.concatenate(
            [
                _correlate(a, w, stride, dilation)
                for a, w in zip(np.split(p, groups, 1), np.split(weight, groups))
            ],
            1,
        )
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)
