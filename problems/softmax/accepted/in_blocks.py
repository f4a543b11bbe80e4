"""One pass over the axis in blocks, with a running largest number and a running sum that is scaled down when it changes."""

import torch

BLOCK = 256


def _running(x, axis):
    if axis not in range(-x.dim(), x.dim()):
        raise ValueError("axis out of range")
    largest, total = None, None
    for block in x.split(BLOCK, dim=axis):
        with torch.no_grad():
            m = block.amax(dim=axis, keepdim=True)
            if largest is not None:
                m = torch.maximum(m, largest)
            finite = m.nan_to_num(neginf=0.0)
        share = (block - finite).exp().sum(dim=axis, keepdim=True)
        total = share if total is None else total * (largest - finite).exp() + share
        largest = m
    return largest, finite, total + (total == 0).to(total.dtype)


def softmax(x, axis=-1):
    _, shift, total = _running(x, axis)
    return torch.exp(x - shift) / total


def log_softmax(x, axis=-1):
    _, shift, total = _running(x, axis)
    return x - shift - torch.log(total)


def logsumexp(x, axis=-1):
    largest, _, total = _running(x, axis)
    return (largest + torch.log(total)).squeeze(axis)
