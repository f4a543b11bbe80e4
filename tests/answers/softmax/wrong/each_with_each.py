"""1 / sum over j of exp(x_j - x_i): every number is compared with every other, which 100,000 of them don't allow.

Verdict: memory_limit|time_limit|runtime_error
"""

import torch


def softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    gone = x == -torch.inf
    z = x.masked_fill(gone, 0).movedim(axis, -1)
    alive = (~gone).movedim(axis, -1)
    d = z.unsqueeze(-2) - z.unsqueeze(-1)
    top = d.detach().masked_fill(~alive.unsqueeze(-2), -torch.inf).amax(-1, keepdim=True).clamp(min=0)
    s = ((d - top).clamp(max=0).exp() * alive.unsqueeze(-2)).sum(-1)
    y = torch.exp(-top.squeeze(-1)) / s.clamp(min=1e-30)
    return (y * alive).movedim(-1, axis)


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
