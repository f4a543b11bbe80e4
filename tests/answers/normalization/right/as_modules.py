"""Two modules of their own, which share the wide part and are made for each call."""

import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, eps, centre):
        super().__init__()
        self.eps, self.centre = eps, centre

    def statistics(self, x):
        second = x.square().mean(dim=-1, keepdim=True)
        return torch.rsqrt(second + self.eps)

    def forward(self, x, weight, bias):
        kept = x.dtype
        if torch.finfo(kept).bits == 16:
            x = x.float()
        if self.centre:
            x = x - torch.mean(x, dim=-1, keepdim=True)
        x = x * self.statistics(x)
        if weight is not None:
            x = x * weight
        if bias is not None:
            x = x + bias
        return x.to(kept)


def layer_norm(x, weight=None, bias=None, eps=1e-5):
    return Norm(eps, centre=True)(x, weight, bias)


def rms_norm(x, weight=None, eps=1e-6):
    return Norm(eps, centre=False)(x, weight, None)
