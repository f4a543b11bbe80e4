import math

import torch


def apply_rope(x, offset=0, base=10000.0):
    """One token and one pair after the other, with Python's own cosine."""
    dim = x.size(-1)
    if dim % 2 == 1:
        raise ValueError("cannot pair up an odd number of features")
    if offset < 0:
        raise ValueError("positions start at 0")
    tokens = []
    for t, token in enumerate(x.unbind(2)):
        features = list(token.unbind(-1))
        for i in range(0, dim, 2):
            angle = (offset + t) / base ** (i / dim)
            cos, sin = math.cos(angle), math.sin(angle)
            a, b = features[i], features[i + 1]
            features[i], features[i + 1] = a * cos - b * sin, a * sin + b * cos
        tokens.append(torch.stack(features, dim=-1))
    return torch.stack(tokens, dim=2)
