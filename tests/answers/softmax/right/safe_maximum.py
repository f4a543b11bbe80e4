import torch

NEG = -float("inf")


def _check(x, axis):
    if not -x.dim() <= axis < x.dim():
        raise ValueError(f"axis {axis} of a tensor with {x.dim()} dimensions")


def _parts(x, axis):
    _check(x, axis)
    m = x.detach().amax(axis, keepdim=True)
    m = m.masked_fill(m == NEG, 0.0)
    e = torch.exp(x - m)
    s = e.sum(axis, keepdim=True)
    empty = s == 0
    return m, e, s.masked_fill(empty, 1.0), empty


def softmax(x, axis=-1):
    _, e, s, _ = _parts(x, axis)
    return e / s


def logsumexp(x, axis=-1):
    m, _, s, empty = _parts(x, axis)
    return (m + s.log()).masked_fill(empty, NEG).squeeze(axis)


def log_softmax(x, axis=-1):
    m, _, s, _ = _parts(x, axis)
    return (x - m) - s.log()
