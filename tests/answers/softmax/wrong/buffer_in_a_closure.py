"""The softmax is written into a tensor that is kept for each shape: a later call changes what an earlier one returned.

Verdict: wrong_answer
Lines: 20
"""

import torch


def make():
    kept = {}

    def softmax(x, axis=-1):
        if axis >= x.ndim or axis < -x.ndim:
            raise ValueError(f"axis {axis} out of range")
        m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
        if x.requires_grad:
            e = (x - m).exp()
            return e / e.sum(axis, keepdim=True).clamp(min=1)
        out = kept.setdefault((x.shape, x.dtype), torch.empty(x.shape, dtype=x.dtype))
        torch.exp(x - m, out=out)
        out /= out.sum(axis, keepdim=True).clamp(min=1)
        return out

    return softmax


softmax = make()


def logsumexp(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    m = x.detach().amax(axis, keepdim=True).clamp(min=-1e5)
    s = (x - m).exp().sum(axis)
    none = s == 0
    return (m.squeeze(axis) + s.masked_fill(none, 1).log()).masked_fill(none, -torch.inf)


def log_softmax(x, axis=-1):
    z = logsumexp(x, axis).unsqueeze(axis)
    return x - z.masked_fill(z == -torch.inf, 0)
