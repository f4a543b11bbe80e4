"""The softmax of PyTorch, by way of attention with a single query.

Verdict: forbidden
"""

import torch
import torch.nn.functional as F


def softmax(x, axis=-1):
    if axis >= x.ndim or axis < -x.ndim:
        raise ValueError(f"axis {axis} out of range")
    z = x.movedim(axis, -1)
    n = z.shape[-1]
    q = torch.zeros(1, 1, dtype=x.dtype)
    y = F.scaled_dot_product_attention(
        q.expand(*z.shape[:-1], 1, 1),
        torch.zeros(*z.shape[:-1], n, 1, dtype=x.dtype),
        torch.eye(n, dtype=x.dtype).expand(*z.shape[:-1], n, n),
        attn_mask=z.unsqueeze(-2),
    )
    return y.squeeze(-2).movedim(-1, axis)


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
