"""Frequencies by exp and log in the dtype of x, as in the annotated Transformer; cosines and sines stacked as matrices' rows."""

import math

import torch


def apply_rope(x, offset=0, base=10000.0):
    dim, length = x.shape[-1], x.shape[-2]
    if dim % 2:
        raise ValueError(f"expected an even number of features, got {dim}")
    if offset < 0:
        raise ValueError(f"expected a position, got {offset}")
    div_term = torch.exp(torch.arange(0, dim, 2).to(x.dtype) * -(math.log(base) / dim))
    position = torch.arange(offset, offset + length).to(x.dtype).unsqueeze(1)
    angle = position * div_term
    pairs = torch.stack((x[..., 0::2], x[..., 1::2]), dim=-2)  # [B, H, T, 2, Dh/2]
    rows = torch.stack((torch.stack((angle.cos(), -angle.sin()), 1), torch.stack((angle.sin(), angle.cos()), 1)), 1)
    turned = (rows * pairs.unsqueeze(-3)).sum(-2)  # [B, H, T, 2, Dh/2]
    return turned.transpose(-1, -2).flatten(-2)
